-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "code" varchar(20) NOT NULL,
    CONSTRAINT "users_code_key" UNIQUE ("code")
);

INSERT INTO "__dbkit_new_users" ("id", "code")
SELECT "id", "code"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

CREATE TABLE "visits" (
    "id" integer PRIMARY KEY NOT NULL,
    "user_code" varchar(20) NOT NULL,
    CONSTRAINT "visits_user_code_fkey" FOREIGN KEY ("user_code") REFERENCES "users" ("code")
);

-- 1 down
-- dbkit: foreign-keys=off

DROP TABLE "visits";

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "code" varchar(20) NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "code")
SELECT "id", "code"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
