-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_contents" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_id" bigint,
    CONSTRAINT "contents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);

INSERT INTO "__dbkit_new_contents" ("id", "user_id")
SELECT "id", "user_id"
FROM "contents";

DROP TABLE "contents";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_contents" RENAME TO "contents";

PRAGMA legacy_alter_table = OFF;

CREATE TABLE "__dbkit_new_sessions" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_id" bigint NOT NULL,
    CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);

INSERT INTO "__dbkit_new_sessions" ("id", "user_id")
SELECT "id", "user_id"
FROM "sessions";

DROP TABLE "sessions";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_sessions" RENAME TO "sessions";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_contents" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_id" integer,
    CONSTRAINT "contents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);

INSERT INTO "__dbkit_new_contents" ("id", "user_id")
SELECT "id", "user_id"
FROM "contents";

DROP TABLE "contents";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_contents" RENAME TO "contents";

PRAGMA legacy_alter_table = OFF;

CREATE TABLE "__dbkit_new_sessions" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_id" integer NOT NULL,
    CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
);

INSERT INTO "__dbkit_new_sessions" ("id", "user_id")
SELECT "id", "user_id"
FROM "sessions";

DROP TABLE "sessions";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_sessions" RENAME TO "sessions";

PRAGMA legacy_alter_table = OFF;
