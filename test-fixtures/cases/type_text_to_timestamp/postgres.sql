-- 1 up
ALTER TABLE "events" ALTER COLUMN "at" TYPE timestamptz
    USING at::timestamptz;

-- 1 down
ALTER TABLE "events" ALTER COLUMN "at" TYPE text
    USING "at"::text;
