-- 1 up
DROP INDEX "users_b_idx";

ALTER TABLE "users" DROP COLUMN "b";

ALTER TABLE "users" ADD COLUMN "b" integer GENERATED ALWAYS AS (a + 2) STORED NOT NULL;

ALTER TABLE "users" ADD COLUMN "c" integer GENERATED ALWAYS AS (a * 2) STORED NOT NULL;

CREATE INDEX "users_b_idx" ON "users" ("b");

-- 1 down
DROP INDEX "users_b_idx";

ALTER TABLE "users" DROP COLUMN "b";

ALTER TABLE "users" ADD COLUMN "b" integer GENERATED ALWAYS AS (a + 1) STORED NOT NULL;

CREATE INDEX "users_b_idx" ON "users" ("b");

ALTER TABLE "users" DROP COLUMN "c";
