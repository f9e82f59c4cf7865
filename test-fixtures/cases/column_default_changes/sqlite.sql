-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" integer NOT NULL DEFAULT 10,
    "b" integer NOT NULL,
    "c" integer NOT NULL DEFAULT 3
);

INSERT INTO "__dbkit_new_users" ("id", "a", "b", "c")
SELECT "id", "a", "b", "c"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" integer NOT NULL DEFAULT 1,
    "b" integer NOT NULL DEFAULT 2,
    "c" integer NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "a", "b", "c")
SELECT "id", "a", "b", "c"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
