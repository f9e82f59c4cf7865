-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_pairs" (
    "a" bigint NOT NULL,
    "b" bigint NOT NULL
);

INSERT INTO "__dbkit_new_pairs" ("a", "b")
SELECT "a", "b"
FROM "pairs";

DROP TABLE "pairs";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_pairs" RENAME TO "pairs";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

-- Rows with equal or NULL keys make it fail.
CREATE TABLE "__dbkit_new_pairs" (
    "a" integer PRIMARY KEY NOT NULL,
    "b" bigint NOT NULL
);

INSERT INTO "__dbkit_new_pairs" ("a", "b")
SELECT "a", "b"
FROM "pairs";

DROP TABLE "pairs";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_pairs" RENAME TO "pairs";

PRAGMA legacy_alter_table = OFF;
