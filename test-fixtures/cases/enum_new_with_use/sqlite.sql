-- 1 up
ALTER TABLE "users" ADD COLUMN "mood" text NOT NULL DEFAULT 'ok' CHECK ("mood" IN ('sad', 'ok'));

-- 1 down
-- dbkit: foreign-keys=off

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
