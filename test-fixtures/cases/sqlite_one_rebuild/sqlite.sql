-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" integer,
    "b" integer NOT NULL DEFAULT 1,
    "c" integer NOT NULL,
    "d" text,
    CONSTRAINT "users_c_key" UNIQUE ("c"),
    CONSTRAINT "users_b_check" CHECK (b > 0)
);

INSERT INTO "__dbkit_new_users" ("id", "a", "b", "c")
SELECT "id", "a", COALESCE("b", 1), "c"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

-- Rows with NULL in `users.a` make it fail.
CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" integer NOT NULL,
    "b" integer,
    "c" integer NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "a", "b", "c")
SELECT "id", "a", "b", "c"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
