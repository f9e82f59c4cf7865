-- 1 up
ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(10)
    USING "name"::varchar(10);

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of users.name.

ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(100);
