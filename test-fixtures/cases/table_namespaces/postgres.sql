-- 1 up
ALTER TYPE "old"."state" SET SCHEMA "shop";

ALTER TABLE "old"."orders" SET SCHEMA "shop";

DROP SCHEMA "old";

-- 1 down
CREATE SCHEMA "old";

ALTER TYPE "shop"."state" SET SCHEMA "old";

ALTER TABLE "shop"."orders" SET SCHEMA "old";
