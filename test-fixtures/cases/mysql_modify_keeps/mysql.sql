-- 1 up
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) NOT NULL DEFAULT 'x' COMMENT 'who';

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `name` varchar(20) NOT NULL DEFAULT 'x' COMMENT 'who';
