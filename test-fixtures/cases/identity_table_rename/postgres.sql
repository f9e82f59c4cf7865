-- 1 up
ALTER TABLE "users" RENAME TO "people";

-- 1 down
ALTER TABLE "people" RENAME TO "users";
