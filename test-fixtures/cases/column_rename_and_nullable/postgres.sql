-- 1 up
ALTER TABLE "users" RENAME COLUMN "name" TO "name2";

ALTER TABLE "users" ALTER COLUMN "name2" DROP NOT NULL;

-- 1 down
ALTER TABLE "users" RENAME COLUMN "name2" TO "name";

-- Rows with NULL in `users.name` make it fail.
ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL;
