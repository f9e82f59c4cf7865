-- 1 up
ALTER TABLE "users" ALTER COLUMN "name" SET DEFAULT 'dan';

UPDATE "users" SET "name" = 'dan' WHERE "name" IS NULL;

ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "name" DROP DEFAULT;

ALTER TABLE "users" ALTER COLUMN "name" DROP NOT NULL;
