-- 1 up
ALTER TABLE "posts" DROP CONSTRAINT "posts_editor_id_fkey";

ALTER TABLE "posts" DROP CONSTRAINT "posts_user_id_fkey";

ALTER TABLE "posts"
    ADD CONSTRAINT "posts_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "posts"
    ADD CONSTRAINT "posts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE;

-- 1 down
ALTER TABLE "posts" DROP CONSTRAINT "posts_editor_id_fkey";

ALTER TABLE "posts" DROP CONSTRAINT "posts_user_id_fkey";

-- Rows that point nowhere make it fail.
ALTER TABLE "posts"
    ADD CONSTRAINT "posts_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "users" ("id") ON DELETE SET NULL;

-- Rows that point nowhere make it fail.
ALTER TABLE "posts"
    ADD CONSTRAINT "posts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id");
