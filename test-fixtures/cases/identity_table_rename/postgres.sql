-- 1 up
ALTER TABLE "users" RENAME TO "people";

ALTER SEQUENCE "users_id_seq" RENAME TO "people_id_seq";

-- 1 down
ALTER TABLE "people" RENAME TO "users";

ALTER SEQUENCE "people_id_seq" RENAME TO "users_id_seq";
