-- 1 up
ALTER TABLE "b" RENAME TO "c";

ALTER TABLE "a" RENAME TO "b";

ALTER SEQUENCE "b_id_seq" RENAME TO "c_id_seq";

ALTER SEQUENCE "a_id_seq" RENAME TO "b_id_seq";

-- 1 down
ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "c" RENAME TO "b";

ALTER SEQUENCE "b_id_seq" RENAME TO "a_id_seq";

ALTER SEQUENCE "c_id_seq" RENAME TO "b_id_seq";
