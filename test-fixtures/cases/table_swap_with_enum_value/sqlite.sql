-- 1 up
-- dbkit: foreign-keys=off

ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";

CREATE TABLE "__dbkit_new_b" (
    "id" integer PRIMARY KEY NOT NULL,
    "x" varchar(9) NOT NULL,
    "mood" text NOT NULL CHECK ("mood" IN ('calm', 'odd'))
);

INSERT INTO "__dbkit_new_b" ("id", "x", "mood")
SELECT "id", "x", "mood"
FROM "b";

DROP TABLE "b";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_b" RENAME TO "b";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";

CREATE TABLE "__dbkit_new_a" (
    "id" integer PRIMARY KEY NOT NULL,
    "x" varchar(9) NOT NULL,
    "mood" text NOT NULL CHECK ("mood" IN ('calm'))
);

INSERT INTO "__dbkit_new_a" ("id", "x", "mood")
SELECT "id", "x", "mood"
FROM "a";

DROP TABLE "a";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_a" RENAME TO "a";

PRAGMA legacy_alter_table = OFF;
