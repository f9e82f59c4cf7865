-- 1 up
ALTER TABLE "users" RENAME COLUMN "name" TO "name1";

-- 1 down
ALTER TABLE "users" RENAME COLUMN "name1" TO "name";
