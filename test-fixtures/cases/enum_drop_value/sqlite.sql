-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "mood" text NOT NULL DEFAULT 'ok' CHECK ("mood" IN ('ok', 'happy'))
);

INSERT INTO "__dbkit_new_users" ("id", "mood")
SELECT "id", CASE "mood" WHEN 'sad' THEN 'ok' ELSE "mood" END
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "mood" text NOT NULL DEFAULT 'ok' CHECK ("mood" IN ('sad', 'ok', 'happy'))
);

INSERT INTO "__dbkit_new_users" ("id", "mood")
SELECT "id", "mood"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
