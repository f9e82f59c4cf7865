-- 1 up
ALTER TABLE "users" ADD COLUMN "email" varchar(40);

UPDATE "users" SET "email" = name || '@example.com';

ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;

-- 1 down
ALTER TABLE "users" DROP COLUMN "email";
