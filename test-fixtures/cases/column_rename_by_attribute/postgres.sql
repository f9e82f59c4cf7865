-- 1 up
ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";

-- 1 down
ALTER TABLE "users" RENAME COLUMN "full_name" TO "name";
