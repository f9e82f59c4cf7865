-- 1 up
-- dbkit: foreign-keys=off

ALTER TABLE "users" RENAME COLUMN "name" TO "name2";

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name2" text
);

INSERT INTO "__dbkit_new_users" ("id", "name2")
SELECT "id", "name2"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

ALTER TABLE "users" RENAME COLUMN "name2" TO "name";

-- Rows with NULL in `users.name` make it fail.
CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" text NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "name")
SELECT "id", "name"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
