-- 1 up
ALTER TABLE "users" DROP COLUMN "phone";

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of users.phone.

ALTER TABLE "users" ADD COLUMN "phone" text;
