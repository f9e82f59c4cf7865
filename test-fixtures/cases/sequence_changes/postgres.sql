-- 1 up
CREATE SEQUENCE "new_no";

ALTER SEQUENCE "order_no" INCREMENT BY 5;

ALTER TABLE "orders" ADD COLUMN "number" bigint DEFAULT nextval('new_no') NOT NULL;

DROP SEQUENCE "old_no";

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of old_no.

CREATE SEQUENCE "old_no";

ALTER SEQUENCE "order_no" INCREMENT BY 1;

ALTER TABLE "orders" DROP COLUMN "number";

DROP SEQUENCE "new_no";
