-- 1 up
ALTER TABLE "users" ALTER COLUMN "n" TYPE integer
    USING "n"::integer;

ALTER TABLE "users" ADD COLUMN "note" text;

-- 1 down
ALTER TABLE "users" ALTER COLUMN "n" TYPE text
    USING "n"::text;

ALTER TABLE "users" DROP COLUMN "note";
