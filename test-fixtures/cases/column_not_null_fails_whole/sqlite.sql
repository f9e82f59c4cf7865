-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "email" varchar(20) NOT NULL,
    "note" text
);

INSERT INTO "__dbkit_new_users" ("id", "email")
SELECT "id", "email"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "email" varchar(20)
);

INSERT INTO "__dbkit_new_users" ("id", "email")
SELECT "id", "email"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
