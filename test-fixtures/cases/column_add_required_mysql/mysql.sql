-- 1 up
ALTER TABLE `users` ADD COLUMN `email` varchar(40) NULL;

UPDATE `users` SET `email` = concat(name, '@example.com');

ALTER TABLE `users` MODIFY COLUMN `email` varchar(40) NOT NULL;

-- 1 down
ALTER TABLE `users` DROP COLUMN `email`;
