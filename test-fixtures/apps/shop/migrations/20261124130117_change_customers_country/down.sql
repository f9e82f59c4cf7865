-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_customers" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" varchar(200) NOT NULL,
    "email" varchar(320) NOT NULL,
    "country" varchar(2),
    CONSTRAINT "customers_email_key" UNIQUE ("email")
);

INSERT INTO "__dbkit_new_customers" ("id", "name", "email", "country")
SELECT "id", "name", "email", "country"
FROM "customers";

DROP TABLE "customers";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_customers" RENAME TO "customers";

PRAGMA legacy_alter_table = OFF;
