-- 1 up
CREATE TYPE "mood" AS ENUM ('sad', 'ok');

ALTER TABLE "users" ADD COLUMN "mood" "mood" DEFAULT 'ok' NOT NULL;

-- 1 down
ALTER TABLE "users" DROP COLUMN "mood";

DROP TYPE "mood";
