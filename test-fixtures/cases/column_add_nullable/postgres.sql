-- 1 up
ALTER TABLE "users" ADD COLUMN "bio" text;

-- 1 down
ALTER TABLE "users" DROP COLUMN "bio";
