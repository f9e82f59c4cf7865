-- 1 up
ALTER TABLE "notes" ADD COLUMN "a" varchar(40) DEFAULT 'escape''s' NOT NULL;

ALTER TABLE "notes" ADD COLUMN "b" varchar(40) DEFAULT E'back\\slash' NOT NULL;

ALTER TABLE "notes" ADD COLUMN "c" varchar(40) DEFAULT '{}' NOT NULL;

ALTER TABLE "notes" ADD COLUMN "d" varchar(40) DEFAULT '"double"' NOT NULL;

ALTER TABLE "notes" ADD COLUMN "e" varchar(40) DEFAULT '--> statement-breakpoint; $$' NOT NULL;

-- 1 down
ALTER TABLE "notes" DROP COLUMN "a";

ALTER TABLE "notes" DROP COLUMN "b";

ALTER TABLE "notes" DROP COLUMN "c";

ALTER TABLE "notes" DROP COLUMN "d";

ALTER TABLE "notes" DROP COLUMN "e";
