-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" text NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "name")
SELECT "id", "name"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off
-- dbkit: irreversible
-- Does not bring back the data of users.email.
-- Does not bring back the data of users.phone.

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" text NOT NULL,
    "email" varchar(40),
    "phone" varchar(40),
    CONSTRAINT "users_email_key" UNIQUE ("email")
);

INSERT INTO "__dbkit_new_users" ("id", "name")
SELECT "id", "name"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

CREATE INDEX "users_phone_idx" ON "users" ("phone");
