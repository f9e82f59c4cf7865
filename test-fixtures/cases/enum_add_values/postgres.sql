-- 1 up
ALTER TYPE "mood" ADD VALUE 'new' BEFORE 'all';

ALTER TYPE "mood" ADD VALUE 'new2' BEFORE 'admin';

-- 1 down
-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('all', 'admin');

-- Rows that hold `new` make it fail.
-- Rows that hold `new2` make it fail.
ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::text::"mood";

DROP TYPE "__dbkit_old_mood";
