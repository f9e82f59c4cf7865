-- 1 up
ALTER TABLE "users" ADD COLUMN "created_at" timestamptz DEFAULT now() NOT NULL;

-- 1 down
ALTER TABLE "users" DROP COLUMN "created_at";
