-- 1 up
ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(10);

-- 1 down
ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(100);
