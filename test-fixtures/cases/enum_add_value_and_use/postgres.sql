-- 1 up
ALTER TYPE "mood" ADD VALUE 'happy';

-- 1 down
-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('sad', 'ok');

ALTER TABLE "users" ALTER COLUMN "mood" DROP DEFAULT;

-- Rows that hold `happy` make it fail.
ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::text::"mood";

ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'ok';

DROP TYPE "__dbkit_old_mood";

-- 2 up
ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'happy';

-- 2 down
ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'ok';
