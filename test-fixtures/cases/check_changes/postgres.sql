-- 1 up
ALTER TABLE "items" DROP CONSTRAINT "items_qty";

ALTER TABLE "items"
    ADD CONSTRAINT "items_qty" CHECK (qty > 0);

-- 1 down
ALTER TABLE "items" DROP CONSTRAINT "items_qty";

-- Rows that do not satisfy it make it fail.
ALTER TABLE "items"
    ADD CONSTRAINT "items_qty" CHECK (qty < 100);
