-- 1 up
-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('ok', 'sad');

ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::text::"mood";

ALTER TABLE "users" ALTER COLUMN "last" DROP DEFAULT;

ALTER TABLE "users" ALTER COLUMN "last" TYPE "mood"
    USING last::mood;

ALTER TABLE "users" ALTER COLUMN "last" SET DEFAULT 'sad';

DROP TYPE "__dbkit_old_mood";

-- 1 down
ALTER TABLE "users" ALTER COLUMN "last" DROP DEFAULT;

-- Values of `users.last` that do not fit the new type make it fail.
ALTER TABLE "users" ALTER COLUMN "last" TYPE varchar(20)
    USING "last"::varchar(20);

-- A value is removed or moved, which only a new type can do.
ALTER TYPE "mood" RENAME TO "__dbkit_old_mood";

CREATE TYPE "mood" AS ENUM ('sad', 'ok');

ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::text::"mood";

ALTER TABLE "users" ALTER COLUMN "last" SET DEFAULT 'ok';

DROP TYPE "__dbkit_old_mood";
