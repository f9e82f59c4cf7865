ALTER TABLE "customers" ADD COLUMN "first_name" varchar(100);

ALTER TABLE "customers" ADD COLUMN "last_name" varchar(100);
