-- 1 up
ALTER TYPE "mood" ADD VALUE 'odd';

-- 1 down
-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('calm');

-- Rows that hold `odd` make it fail.
ALTER TABLE "a" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::text::"mood";

DROP TYPE "__dbkit_old_mood";

-- 2 up
ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";

ALTER SEQUENCE "b_id_seq" RENAME TO "__dbkit_tmp_b_id_seq";

ALTER SEQUENCE "a_id_seq" RENAME TO "b_id_seq";

ALTER SEQUENCE "__dbkit_tmp_b_id_seq" RENAME TO "a_id_seq";

-- 2 down
ALTER TABLE "a" RENAME TO "__dbkit_tmp_a";

ALTER TABLE "b" RENAME TO "a";

ALTER TABLE "__dbkit_tmp_a" RENAME TO "b";

ALTER SEQUENCE "b_id_seq" RENAME TO "__dbkit_tmp_b_id_seq";

ALTER SEQUENCE "a_id_seq" RENAME TO "b_id_seq";

ALTER SEQUENCE "__dbkit_tmp_b_id_seq" RENAME TO "a_id_seq";
