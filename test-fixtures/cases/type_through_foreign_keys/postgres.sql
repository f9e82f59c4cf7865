-- 1 up
ALTER TABLE "contents" ALTER COLUMN "user_id" TYPE bigint;

ALTER TABLE "sessions" ALTER COLUMN "user_id" TYPE bigint;

ALTER TABLE "users" ALTER COLUMN "id" TYPE bigint;

-- 1 down
-- Values of `contents.user_id` that do not fit the new type make it fail.
ALTER TABLE "contents" ALTER COLUMN "user_id" TYPE integer;

-- Values of `sessions.user_id` that do not fit the new type make it fail.
ALTER TABLE "sessions" ALTER COLUMN "user_id" TYPE integer;

-- Values of `users.id` that do not fit the new type make it fail.
ALTER TABLE "users" ALTER COLUMN "id" TYPE integer;
