-- 1 up
ALTER TABLE "users" ADD COLUMN "b" integer;

-- 1 down
ALTER TABLE "users" DROP COLUMN "b";

-- 2 up
-- dbkit: no-transaction

CREATE INDEX CONCURRENTLY "i1" ON "users" ("a");

-- 2 down
-- dbkit: no-transaction

DROP INDEX CONCURRENTLY "i1";
