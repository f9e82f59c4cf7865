-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" text NOT NULL,
    "email" varchar(40) NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "name", "email")
SELECT "id", "name", name || '@example.com'
FROM "users";

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
ALTER TABLE "users" DROP COLUMN "email";
