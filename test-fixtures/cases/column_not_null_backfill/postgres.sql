-- 1 up
UPDATE "users" SET "country" = 'unknown' WHERE "country" IS NULL;

ALTER TABLE "users" ALTER COLUMN "country" SET NOT NULL;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "country" DROP NOT NULL;
