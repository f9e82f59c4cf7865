-- 1 up
ALTER TABLE "users" DROP CONSTRAINT "users_a_key";

ALTER TABLE "users"
    ADD CONSTRAINT "users_b_key" UNIQUE ("b");

-- 1 down
ALTER TABLE "users" DROP CONSTRAINT "users_b_key";

-- Rows with equal values make it fail.
ALTER TABLE "users"
    ADD CONSTRAINT "users_a_key" UNIQUE ("a");
