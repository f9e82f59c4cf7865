-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_customers" (
    "id" integer PRIMARY KEY NOT NULL,
    "first_name" varchar(100) NOT NULL,
    "last_name" varchar(100) NOT NULL,
    "email" varchar(320) NOT NULL,
    "country" varchar(2) NOT NULL,
    CONSTRAINT "customers_email_key" UNIQUE ("email")
);

INSERT INTO "__dbkit_new_customers" ("id", "first_name", "last_name", "email", "country")
SELECT "id", COALESCE("first_name", ''), COALESCE("last_name", ''), "email", "country"
FROM "customers";

DROP TABLE "customers";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_customers" RENAME TO "customers";

PRAGMA legacy_alter_table = OFF;
