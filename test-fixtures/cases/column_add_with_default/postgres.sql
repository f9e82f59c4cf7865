-- 1 up
ALTER TABLE "users" ADD COLUMN "visits" integer DEFAULT 0 NOT NULL;

ALTER TABLE "users" ADD COLUMN "active" boolean DEFAULT true NOT NULL;

ALTER TABLE "users" ADD COLUMN "word" varchar(20) DEFAULT 'it''s' NOT NULL;

-- 1 down
ALTER TABLE "users" DROP COLUMN "visits";

ALTER TABLE "users" DROP COLUMN "active";

ALTER TABLE "users" DROP COLUMN "word";
