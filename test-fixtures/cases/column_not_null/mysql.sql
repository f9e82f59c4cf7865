-- 1 up
ALTER TABLE `users` MODIFY COLUMN `email` varchar(20) NOT NULL;

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `email` varchar(20) NULL;
