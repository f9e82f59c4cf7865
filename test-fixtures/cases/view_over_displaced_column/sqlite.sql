-- 1 up
DROP VIEW "far_places";

DROP VIEW "places";

ALTER TABLE "notes" DROP COLUMN "place";

ALTER TABLE "notes" RENAME COLUMN "rank" TO "place";

CREATE VIEW "places" AS
SELECT id, place FROM notes;

CREATE VIEW "far_places" AS
SELECT id FROM places WHERE place > 9;

-- 1 down
-- dbkit: foreign-keys=off
-- dbkit: irreversible
-- Does not bring back the data of notes.place.

DROP VIEW "far_places";

DROP VIEW "places";

ALTER TABLE "notes" RENAME COLUMN "place" TO "rank";

-- What was in `notes.place` is gone; rows that exist get an empty value.
CREATE TABLE "__dbkit_new_notes" (
    "id" integer PRIMARY KEY NOT NULL,
    "rank" integer NOT NULL,
    "place" integer NOT NULL
);

INSERT INTO "__dbkit_new_notes" ("id", "rank", "place")
SELECT "id", "rank", 0
FROM "notes";

DROP TABLE "notes";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_notes" RENAME TO "notes";

PRAGMA legacy_alter_table = OFF;

CREATE VIEW "places" AS
SELECT id, place FROM notes;

CREATE VIEW "far_places" AS
SELECT id FROM places WHERE place > 9;
