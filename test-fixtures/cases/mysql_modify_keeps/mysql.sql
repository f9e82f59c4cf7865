-- 1 up
ALTER TABLE `users` MODIFY COLUMN `name` varchar(40) NOT NULL DEFAULT 'x' COMMENT 'who';

-- 1 down
-- Values of `users.name` that do not fit the new type make it fail, or are cut off where sql_mode is not strict.
ALTER TABLE `users` MODIFY COLUMN `name` varchar(20) NOT NULL DEFAULT 'x' COMMENT 'who';
