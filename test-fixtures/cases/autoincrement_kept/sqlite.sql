-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "n" text NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "n")
SELECT "id", "n"
FROM "users";

DELETE FROM sqlite_sequence WHERE name = '__dbkit_new_users';

INSERT INTO sqlite_sequence (name, seq)
SELECT '__dbkit_new_users', seq FROM sqlite_sequence WHERE name = 'users';

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_users" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "n" integer NOT NULL
);

INSERT INTO "__dbkit_new_users" ("id", "n")
SELECT "id", "n"
FROM "users";

DELETE FROM sqlite_sequence WHERE name = '__dbkit_new_users';

INSERT INTO sqlite_sequence (name, seq)
SELECT '__dbkit_new_users', seq FROM sqlite_sequence WHERE name = 'users';

DROP TABLE "users";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_users" RENAME TO "users";

PRAGMA legacy_alter_table = OFF;
