-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_notes" (
    "id" integer PRIMARY KEY NOT NULL,
    "mark" text NOT NULL
);

INSERT INTO "__dbkit_new_notes" ("id", "mark")
SELECT "id", COALESCE("mark", 'none')
FROM "notes";

DROP TABLE "notes";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_notes" RENAME TO "notes";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_notes" (
    "id" integer PRIMARY KEY NOT NULL,
    "mark" integer
);

INSERT INTO "__dbkit_new_notes" ("id", "mark")
SELECT "id", "mark"
FROM "notes";

DROP TABLE "notes";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_notes" RENAME TO "notes";

PRAGMA legacy_alter_table = OFF;
