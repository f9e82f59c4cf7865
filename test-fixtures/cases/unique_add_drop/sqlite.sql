-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" varchar(40) NOT NULL,
    "b" varchar(40) NOT NULL,
    CONSTRAINT "users_b_key" UNIQUE ("b")
);

INSERT INTO "__dbkit_new_users" ("id", "a", "b")
SELECT "id", "a", "b"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

-- Rows with equal values make it fail.
CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" varchar(40) NOT NULL,
    "b" varchar(40) NOT NULL,
    CONSTRAINT "users_a_key" UNIQUE ("a")
);

INSERT INTO "__dbkit_new_users" ("id", "a", "b")
SELECT "id", "a", "b"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
