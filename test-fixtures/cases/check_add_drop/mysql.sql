-- 1 up
ALTER TABLE `items` DROP CONSTRAINT `items_qty_check`;

ALTER TABLE `items`
    ADD CONSTRAINT `items_price_check` CHECK (price >= 0);

-- 1 down
ALTER TABLE `items` DROP CONSTRAINT `items_price_check`;

-- Rows that do not satisfy it make it fail.
ALTER TABLE `items`
    ADD CONSTRAINT `items_qty_check` CHECK (qty > 0);
