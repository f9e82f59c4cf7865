-- 1 up
ALTER TABLE `users` DROP COLUMN `b`;

ALTER TABLE `users` ADD COLUMN `b` int NULL;

UPDATE `users` SET `b` = a + 1;

ALTER TABLE `users` DROP COLUMN `c`;

ALTER TABLE `users` ADD COLUMN `c` int NULL;

UPDATE `users` SET `c` = a * 2;

ALTER TABLE `users` MODIFY COLUMN `c` int NOT NULL;

-- 1 down
ALTER TABLE `users` DROP COLUMN `b`;

ALTER TABLE `users` ADD COLUMN `b` int GENERATED ALWAYS AS (a + 1) VIRTUAL;

ALTER TABLE `users` DROP COLUMN `c`;

ALTER TABLE `users` ADD COLUMN `c` int GENERATED ALWAYS AS (a * 2) VIRTUAL;
