-- 1 up
ALTER TABLE `items` DROP CONSTRAINT `items_qty_check`;

ALTER TABLE `items` RENAME COLUMN `qty` TO `amount`;

ALTER TABLE `items`
    ADD CONSTRAINT `items_qty_check` CHECK (amount > 0);

-- 1 down
ALTER TABLE `items` DROP CONSTRAINT `items_qty_check`;

ALTER TABLE `items` RENAME COLUMN `amount` TO `qty`;

ALTER TABLE `items`
    ADD CONSTRAINT `items_qty_check` CHECK (qty > 0);
