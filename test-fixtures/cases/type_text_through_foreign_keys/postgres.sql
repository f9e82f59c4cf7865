-- 1 up
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_user_id_fkey";

ALTER TABLE "sessions" ALTER COLUMN "user_id" TYPE text
    USING "user_id"::text;

ALTER TABLE "users" ALTER COLUMN "id" TYPE text
    USING "id"::text;

ALTER TABLE "sessions"
    ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id");

-- 1 down
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_user_id_fkey";

-- Values of `sessions.user_id` that do not fit the new type make it fail.
ALTER TABLE "sessions" ALTER COLUMN "user_id" TYPE integer
    USING "user_id"::integer;

-- Values of `users.id` that do not fit the new type make it fail.
ALTER TABLE "users" ALTER COLUMN "id" TYPE integer
    USING "id"::integer;

ALTER TABLE "sessions"
    ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id");
