-- 1 up
ALTER TABLE `users` MODIFY COLUMN `name` varchar(10) NOT NULL;

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `name` varchar(100) NOT NULL;
