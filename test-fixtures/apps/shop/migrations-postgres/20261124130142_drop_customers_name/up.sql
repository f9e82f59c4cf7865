UPDATE "customers" SET "first_name" = '' WHERE "first_name" IS NULL;

ALTER TABLE "customers" ALTER COLUMN "first_name" SET NOT NULL;

UPDATE "customers" SET "last_name" = '' WHERE "last_name" IS NULL;

ALTER TABLE "customers" ALTER COLUMN "last_name" SET NOT NULL;

ALTER TABLE "customers" DROP COLUMN "name";
