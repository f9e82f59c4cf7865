-- 1 up
ALTER TABLE "users" RENAME TO "users2";

ALTER TABLE "users2" RENAME COLUMN "name" TO "name2";

ALTER SEQUENCE "users_id_seq" RENAME TO "users2_id_seq";

-- 1 down
ALTER TABLE "users2" RENAME TO "users";

ALTER TABLE "users" RENAME COLUMN "name2" TO "name";

ALTER SEQUENCE "users2_id_seq" RENAME TO "users_id_seq";
