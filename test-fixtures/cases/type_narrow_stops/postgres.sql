-- 1 up
ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(10);

ALTER TABLE "users" ALTER COLUMN "n" TYPE smallint;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(100);

ALTER TABLE "users" ALTER COLUMN "n" TYPE bigint;
