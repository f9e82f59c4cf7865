-- 1 up
ALTER TABLE "contents" ALTER COLUMN "user_id" TYPE bigint;

ALTER TABLE "sessions" ALTER COLUMN "user_id" TYPE bigint;

ALTER TABLE "users" ALTER COLUMN "id" TYPE bigint;

-- 1 down
ALTER TABLE "contents" ALTER COLUMN "user_id" TYPE integer
    USING "user_id"::integer;

ALTER TABLE "sessions" ALTER COLUMN "user_id" TYPE integer
    USING "user_id"::integer;

ALTER TABLE "users" ALTER COLUMN "id" TYPE integer
    USING "id"::integer;
