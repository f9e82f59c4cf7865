-- 1 up
UPDATE `users` SET `country` = 'unknown' WHERE `country` IS NULL;

ALTER TABLE `users` MODIFY COLUMN `country` varchar(20) NOT NULL;

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `country` varchar(20) NULL;
