-- 1 up
DROP VIEW "t0_seen";

DROP TABLE "t0";

ALTER TABLE "t2" RENAME TO "t0";

ALTER TABLE "t0" RENAME COLUMN "b" TO "c";

ALTER TABLE "t0" ADD COLUMN "b" integer;

ALTER TABLE "t0" ADD COLUMN "d" boolean;

CREATE VIEW t0_seen AS SELECT id, b, c, d FROM t0;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of t0.

DROP VIEW "t0_seen";

ALTER TABLE "t0" DROP COLUMN "b";

ALTER TABLE "t0" RENAME TO "t2";

ALTER TABLE "t2" RENAME COLUMN "c" TO "b";

CREATE TABLE "t0" (
    "id" bigint NOT NULL,
    "b" text,
    "c" text,
    "d" text
);

CREATE VIEW t0_seen AS SELECT id, b, c, d FROM t0;

ALTER TABLE "t2" DROP COLUMN "d";
