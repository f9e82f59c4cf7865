-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" integer NOT NULL,
    "b" integer
);

INSERT INTO "__dbkit_new_users" ("id", "a", "b")
SELECT "id", "a", "b"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" integer NOT NULL,
    "b" integer GENERATED ALWAYS AS (a + 1) STORED
);

INSERT INTO "__dbkit_new_users" ("id", "a")
SELECT "id", "a"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
