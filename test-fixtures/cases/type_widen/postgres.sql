-- 1 up
ALTER TABLE "users" ALTER COLUMN "n" TYPE bigint;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "n" TYPE integer
    USING "n"::integer;
