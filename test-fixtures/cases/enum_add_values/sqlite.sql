-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "mood" text NOT NULL CHECK ("mood" IN ('new', 'all', 'new2', 'admin'))
);

INSERT INTO "__dbkit_new_users" ("id", "mood")
SELECT "id", "mood"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "mood" text NOT NULL CHECK ("mood" IN ('all', 'admin'))
);

INSERT INTO "__dbkit_new_users" ("id", "mood")
SELECT "id", "mood"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
