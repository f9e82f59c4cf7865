-- 1 up
ALTER TABLE "a" RENAME TO "c";

-- 1 down
ALTER TABLE "c" RENAME TO "a";
