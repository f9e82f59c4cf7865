-- 1 up
ALTER TABLE "users" ALTER COLUMN "n" TYPE bigint;

-- 1 down
-- Values of `users.n` that do not fit the new type make it fail.
ALTER TABLE "users" ALTER COLUMN "n" TYPE integer;
