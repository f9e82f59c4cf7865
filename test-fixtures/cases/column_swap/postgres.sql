-- 1 up
ALTER TABLE "users" RENAME COLUMN "a" TO "__dbkit_tmp_a";

ALTER TABLE "users" RENAME COLUMN "b" TO "a";

ALTER TABLE "users" RENAME COLUMN "__dbkit_tmp_a" TO "b";

-- 1 down
ALTER TABLE "users" RENAME COLUMN "a" TO "__dbkit_tmp_a";

ALTER TABLE "users" RENAME COLUMN "b" TO "a";

ALTER TABLE "users" RENAME COLUMN "__dbkit_tmp_a" TO "b";
