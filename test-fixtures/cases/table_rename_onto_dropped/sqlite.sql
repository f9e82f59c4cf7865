-- 1 up
DROP TABLE "b";

ALTER TABLE "a" RENAME TO "b";

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of b.

ALTER TABLE "b" RENAME TO "a";

CREATE TABLE "b" (
    "id" integer PRIMARY KEY NOT NULL,
    "x" varchar(9) NOT NULL
);
