-- dbkit: irreversible
-- Does not bring back the data of customers.name.

ALTER TABLE "customers" ALTER COLUMN "first_name" DROP NOT NULL;

ALTER TABLE "customers" ALTER COLUMN "last_name" DROP NOT NULL;

ALTER TABLE "customers" ADD COLUMN "name" varchar(200);

-- What was in `customers.name` is gone; rows that exist get an empty value.
UPDATE "customers" SET "name" = '';

ALTER TABLE "customers" ALTER COLUMN "name" SET NOT NULL;
