-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_posts" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_id" bigint NOT NULL,
    "editor_id" bigint,
    CONSTRAINT "posts_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "posts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);

INSERT INTO "__dbkit_new_posts" ("id", "user_id", "editor_id")
SELECT "id", "user_id", "editor_id"
FROM "posts";

DROP TABLE "posts";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_posts" RENAME TO "posts";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

-- Rows that point nowhere make it fail.
-- Rows that point nowhere make it fail.
CREATE TABLE "__dbkit_new_posts" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_id" bigint NOT NULL,
    "editor_id" bigint,
    CONSTRAINT "posts_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "users" ("id") ON DELETE SET NULL,
    CONSTRAINT "posts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);

INSERT INTO "__dbkit_new_posts" ("id", "user_id", "editor_id")
SELECT "id", "user_id", "editor_id"
FROM "posts";

DROP TABLE "posts";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_posts" RENAME TO "posts";

PRAGMA legacy_alter_table = OFF;
