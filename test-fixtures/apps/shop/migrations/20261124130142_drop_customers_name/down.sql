-- dbkit: foreign-keys=off
-- dbkit: irreversible
-- Does not bring back the data of customers.name.

-- What was in `customers.name` is gone; rows that exist get an empty value.
CREATE TABLE "__dbkit_new_customers" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" varchar(200) NOT NULL,
    "email" varchar(320) NOT NULL,
    "country" varchar(2) NOT NULL,
    "first_name" varchar(100),
    "last_name" varchar(100),
    CONSTRAINT "customers_email_key" UNIQUE ("email")
);

INSERT INTO "__dbkit_new_customers" ("id", "name", "email", "country", "first_name", "last_name")
SELECT "id", '', "email", "country", "first_name", "last_name"
FROM "customers";

DROP TABLE "customers";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_customers" RENAME TO "customers";

PRAGMA legacy_alter_table = OFF;
