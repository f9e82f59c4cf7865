-- 1 up
ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "email" DROP NOT NULL;
