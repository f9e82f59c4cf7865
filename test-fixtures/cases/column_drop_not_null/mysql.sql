-- 1 up
ALTER TABLE `users` MODIFY COLUMN `name` longtext NULL;

-- 1 down
-- Rows with NULL in `users.name` make it fail.
ALTER TABLE `users` MODIFY COLUMN `name` longtext NOT NULL;
