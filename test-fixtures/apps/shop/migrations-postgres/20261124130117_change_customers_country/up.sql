UPDATE "customers" SET "country" = '??' WHERE "country" IS NULL;

ALTER TABLE "customers" ALTER COLUMN "country" SET NOT NULL;
