-- 1 up
DROP INDEX `sums_total_idx` ON `sums`;

ALTER TABLE `sums` DROP COLUMN `total`;

ALTER TABLE `sums` DROP COLUMN `twice`;

ALTER TABLE `sums` ADD COLUMN `twice` int GENERATED ALWAYS AS (a * 3) VIRTUAL;

ALTER TABLE `sums` ADD COLUMN `total` int GENERATED ALWAYS AS (a + twice) STORED;

CREATE INDEX `sums_total_idx` ON `sums` (`total`);

-- 1 down
DROP INDEX `sums_total_idx` ON `sums`;

ALTER TABLE `sums` DROP COLUMN `total`;

ALTER TABLE `sums` DROP COLUMN `twice`;

ALTER TABLE `sums` ADD COLUMN `twice` int GENERATED ALWAYS AS (a * 2) VIRTUAL;

ALTER TABLE `sums` ADD COLUMN `total` int GENERATED ALWAYS AS (a + twice) STORED;

CREATE INDEX `sums_total_idx` ON `sums` (`total`);
