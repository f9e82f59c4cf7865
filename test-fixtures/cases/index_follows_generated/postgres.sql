-- 1 up
ALTER TABLE "users" RENAME COLUMN "a" TO "b";

-- 1 down
ALTER TABLE "users" RENAME COLUMN "b" TO "a";
