-- 1 up
ALTER TABLE "users" ALTER COLUMN "mood" DROP DEFAULT;

ALTER TABLE "users" ALTER COLUMN "mood" TYPE varchar(20)
    USING mood::text;

ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'ok';

DROP TYPE "mood";

-- 1 down
CREATE TYPE "mood" AS ENUM ('sad', 'ok');

ALTER TABLE "users" ALTER COLUMN "mood" DROP DEFAULT;

-- Values of `users.mood` that do not fit the new type make it fail.
ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood"
    USING "mood"::"mood";

ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'ok';
