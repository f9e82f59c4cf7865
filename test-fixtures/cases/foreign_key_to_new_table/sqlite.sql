-- 1 up
CREATE TABLE "posts" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_id" bigint NOT NULL,
    CONSTRAINT "posts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);

-- 1 down
DROP TABLE "posts";
