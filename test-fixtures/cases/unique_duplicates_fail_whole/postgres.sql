-- 1 up
ALTER TABLE "users" ADD COLUMN "note" text;

ALTER TABLE "users"
    ADD CONSTRAINT "users_a_key" UNIQUE ("a");

-- 1 down
ALTER TABLE "users" DROP CONSTRAINT "users_a_key";

ALTER TABLE "users" DROP COLUMN "note";
