-- A value is removed or moved, which only a new type can do.
ALTER TYPE "order_status" RENAME TO "__dbkit_old_order_status";

CREATE TYPE "order_status" AS ENUM ('pending', 'paid', 'shipped');

ALTER TABLE "orders" ALTER COLUMN "status" DROP DEFAULT;

-- Rows that hold `refunded` make it fail.
ALTER TABLE "orders" ALTER COLUMN "status" TYPE "order_status"
    USING "status"::text::"order_status";

ALTER TABLE "orders" ALTER COLUMN "status" SET DEFAULT 'pending';

DROP TYPE "__dbkit_old_order_status";
