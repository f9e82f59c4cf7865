-- 1 up
ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";

ALTER SEQUENCE "b_id_seq" RENAME TO "__dbkit_tmp_b_id_seq";

ALTER SEQUENCE "a_id_seq" RENAME TO "b_id_seq";

ALTER SEQUENCE "__dbkit_tmp_b_id_seq" RENAME TO "a_id_seq";

-- 1 down
ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";

ALTER SEQUENCE "b_id_seq" RENAME TO "__dbkit_tmp_b_id_seq";

ALTER SEQUENCE "a_id_seq" RENAME TO "b_id_seq";

ALTER SEQUENCE "__dbkit_tmp_b_id_seq" RENAME TO "a_id_seq";
