-- 1 up
ALTER TABLE "users" ALTER COLUMN "n" TYPE integer
    USING "n"::integer;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "n" TYPE text
    USING "n"::text;
