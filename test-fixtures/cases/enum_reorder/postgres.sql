-- 1 up
-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('happy', 'ok', 'sad');

ALTER TABLE "users" ALTER COLUMN "mood" DROP DEFAULT;

ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::text::"mood";

ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'ok';

DROP TYPE "__dbkit_old_mood";

-- 1 down
-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('sad', 'ok', 'happy');

ALTER TABLE "users" ALTER COLUMN "mood" DROP DEFAULT;

ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::text::"mood";

ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'ok';

DROP TYPE "__dbkit_old_mood";
