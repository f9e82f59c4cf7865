-- 1 up
DROP TABLE "b";

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of b.

CREATE TABLE "b" (
    "id" integer PRIMARY KEY NOT NULL
);
