-- 1 up
-- dbkit: foreign-keys=off

ALTER TABLE "users" RENAME COLUMN "age" TO "years";

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "years" text NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "years")
SELECT "id", "years"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

ALTER TABLE "users" RENAME COLUMN "years" TO "age";

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "age" integer NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "age")
SELECT "id", "age"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
