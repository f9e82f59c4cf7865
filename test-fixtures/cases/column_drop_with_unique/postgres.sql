-- 1 up
DROP INDEX "users_phone_idx";

ALTER TABLE "users" DROP CONSTRAINT "users_email_key";

ALTER TABLE "users" DROP COLUMN "email";

ALTER TABLE "users" DROP COLUMN "phone";

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of users.email.
-- Does not bring back the data of users.phone.

ALTER TABLE "users" ADD COLUMN "email" varchar(40);

ALTER TABLE "users" ADD COLUMN "phone" varchar(40);

ALTER TABLE "users"
    ADD CONSTRAINT "users_email_key" UNIQUE ("email");

CREATE INDEX "users_phone_idx" ON "users" ("phone");
