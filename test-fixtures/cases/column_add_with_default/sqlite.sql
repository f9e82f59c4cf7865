-- 1 up
ALTER TABLE "users" ADD COLUMN "visits" integer NOT NULL DEFAULT 0;

ALTER TABLE "users" ADD COLUMN "active" boolean NOT NULL DEFAULT TRUE;

ALTER TABLE "users" ADD COLUMN "word" varchar(20) NOT NULL DEFAULT 'it''s';

-- 1 down
ALTER TABLE "users" DROP COLUMN "visits";

ALTER TABLE "users" DROP COLUMN "active";

ALTER TABLE "users" DROP COLUMN "word";
