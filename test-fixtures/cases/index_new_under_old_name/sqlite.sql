-- 1 up
-- dbkit: foreign-keys=off

ALTER TABLE "notes" RENAME COLUMN "place" TO "old_place";

ALTER TABLE "notes" RENAME COLUMN "rank" TO "old_rank";

CREATE TABLE "__dbkit_new_notes" (
    "id" integer PRIMARY KEY NOT NULL,
    "old_rank" integer NOT NULL,
    "old_place" integer NOT NULL,
    "rank" integer,
    "place" integer,
    CONSTRAINT "notes_place_key" UNIQUE ("old_place"),
    CONSTRAINT "notes_place_key1" UNIQUE ("place")
);

INSERT INTO "__dbkit_new_notes" ("id", "old_rank", "old_place")
SELECT "id", "old_rank", "old_place"
FROM "notes";

DROP TABLE "notes";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_notes" RENAME TO "notes";

PRAGMA legacy_alter_table = OFF;

CREATE INDEX "notes_rank_idx" ON "notes" ("old_rank");

CREATE INDEX "notes_rank_idx1" ON "notes" ("rank");

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_notes" (
    "id" integer PRIMARY KEY NOT NULL,
    "old_rank" integer NOT NULL,
    "old_place" integer NOT NULL,
    CONSTRAINT "notes_place_key" UNIQUE ("old_place")
);

INSERT INTO "__dbkit_new_notes" ("id", "old_rank", "old_place")
SELECT "id", "old_rank", "old_place"
FROM "notes";

DROP TABLE "notes";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_notes" RENAME TO "notes";

PRAGMA legacy_alter_table = OFF;

CREATE INDEX "notes_rank_idx" ON "notes" ("old_rank");

ALTER TABLE "notes" RENAME COLUMN "old_place" TO "place";

ALTER TABLE "notes" RENAME COLUMN "old_rank" TO "rank";
