-- 1 up
-- dbkit: foreign-keys=off

ALTER TABLE "t1" RENAME TO "t3";

CREATE TABLE "__dbkit_new_t3" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL
);

INSERT INTO "__dbkit_new_t3" ("id")
SELECT "id"
FROM "t3";

DROP TABLE "t3";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_t3" RENAME TO "t3";

PRAGMA legacy_alter_table = OFF;

CREATE TABLE "t1" (
    "id" integer PRIMARY KEY NOT NULL
);

CREATE TRIGGER t0_touched AFTER INSERT ON t0 BEGIN UPDATE t0 SET id = id WHERE id = NEW.id; END;

-- 1 down
-- dbkit: foreign-keys=off

DROP TABLE "t1";

ALTER TABLE "t3" RENAME TO "t1";

DROP TRIGGER "t0_touched";

CREATE TABLE "__dbkit_new_t1" (
    "id" integer PRIMARY KEY NOT NULL
);

INSERT INTO "__dbkit_new_t1" ("id")
SELECT "id"
FROM "t1";

DROP TABLE "t1";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_t1" RENAME TO "t1";

PRAGMA legacy_alter_table = OFF;
