-- 1 up
ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";

-- 1 down
ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";
