-- 1 up
ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;

ALTER TABLE "users" ADD COLUMN "note" text;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "email" DROP NOT NULL;

ALTER TABLE "users" DROP COLUMN "note";
