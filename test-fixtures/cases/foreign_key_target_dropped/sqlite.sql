-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_bar" (
    "id" integer PRIMARY KEY NOT NULL,
    "foo_id" bigint NOT NULL
);

INSERT INTO "__dbkit_new_bar" ("id", "foo_id")
SELECT "id", "foo_id"
FROM "bar";

DROP TABLE "bar";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_bar" RENAME TO "bar";

PRAGMA legacy_alter_table = OFF;

DROP TABLE "foo";

-- 1 down
-- dbkit: foreign-keys=off
-- dbkit: irreversible
-- Does not bring back the data of foo.

-- Rows that point nowhere make it fail.
CREATE TABLE "__dbkit_new_bar" (
    "id" integer PRIMARY KEY NOT NULL,
    "foo_id" bigint NOT NULL,
    CONSTRAINT "bar_foo_id_fkey" FOREIGN KEY ("foo_id") REFERENCES "foo" ("id")
);

INSERT INTO "__dbkit_new_bar" ("id", "foo_id")
SELECT "id", "foo_id"
FROM "bar";

DROP TABLE "bar";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_bar" RENAME TO "bar";

PRAGMA legacy_alter_table = OFF;

CREATE TABLE "foo" (
    "id" integer PRIMARY KEY NOT NULL
);
