-- 1 up
ALTER TABLE `users` MODIFY COLUMN `name` varchar(10) NOT NULL;

ALTER TABLE `users` MODIFY COLUMN `n` smallint NOT NULL;

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `name` varchar(100) NOT NULL;

ALTER TABLE `users` MODIFY COLUMN `n` bigint NOT NULL;
