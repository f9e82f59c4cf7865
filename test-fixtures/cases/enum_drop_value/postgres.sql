-- 1 up
-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('ok', 'happy');

ALTER TABLE "users" ALTER COLUMN "mood" DROP DEFAULT;

ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING (CASE "mood"::text WHEN 'sad' THEN 'ok' ELSE "mood"::text END)::"mood";

ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'ok';

DROP TYPE "__dbkit_old_mood";

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of mood.sad.

ALTER TYPE "mood" ADD VALUE 'sad' BEFORE 'ok';
