-- 1 up
UPDATE `users` SET `name` = 'dan' WHERE `name` IS NULL;

ALTER TABLE `users` MODIFY COLUMN `name` varchar(20) NOT NULL DEFAULT 'dan';

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `name` varchar(20) NULL;
