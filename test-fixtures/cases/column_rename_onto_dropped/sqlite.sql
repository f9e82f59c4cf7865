-- 1 up
ALTER TABLE "users" DROP COLUMN "name";

ALTER TABLE "users" RENAME COLUMN "nick" TO "name";

-- 1 down
-- dbkit: foreign-keys=off
-- dbkit: irreversible
-- Does not bring back the data of users.name.

ALTER TABLE "users" RENAME COLUMN "name" TO "nick";

-- What was in `users.name` is gone; rows that exist get an empty value.
CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" text NOT NULL,
    "nick" text NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "name", "nick")
SELECT "id", '', "nick"
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
