-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "note" text,
    "a" varchar(40) NOT NULL,
    CONSTRAINT "users_a_key" UNIQUE ("a")
);

INSERT INTO "__dbkit_new_users" ("id", "a")
SELECT "id", "a"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" varchar(40) NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "a")
SELECT "id", "a"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
