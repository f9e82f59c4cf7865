-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "mood" text NOT NULL DEFAULT 'in_review' CHECK ("mood" IN ('in_review', 'active', 'paused'))
);

INSERT INTO "__dbkit_new_users" ("id", "mood")
SELECT "id", CASE "mood" WHEN 'inactive' THEN 'paused' WHEN 'pending' THEN 'in_review' ELSE "mood" END
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "mood" text NOT NULL DEFAULT 'pending' CHECK ("mood" IN ('pending', 'active', 'inactive'))
);

INSERT INTO "__dbkit_new_users" ("id", "mood")
SELECT "id", CASE "mood" WHEN 'in_review' THEN 'pending' WHEN 'paused' THEN 'inactive' ELSE "mood" END
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
