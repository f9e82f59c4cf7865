-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" text NOT NULL DEFAULT 'x'
);

INSERT INTO "__dbkit_new_users" ("id", "name")
SELECT "id", COALESCE("name", 'x')
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

CREATE INDEX "users_name_idx" ON "users" ("name");

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" text
);

INSERT INTO "__dbkit_new_users" ("id", "name")
SELECT "id", "name"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

CREATE INDEX "users_name_idx" ON "users" ("name");
