-- 1 up
ALTER TABLE "users" ALTER COLUMN "name" DROP NOT NULL;

-- 1 down
-- Rows with NULL in `users.name` make it fail.
ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL;
