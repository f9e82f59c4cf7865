-- 1 up
ALTER TABLE `users` RENAME COLUMN `name` TO `name2`;

ALTER TABLE `users` MODIFY COLUMN `name2` longtext NULL;

-- 1 down
ALTER TABLE `users` RENAME COLUMN `name2` TO `name`;

-- Rows with NULL in `users.name` make it fail.
ALTER TABLE `users` MODIFY COLUMN `name` longtext NOT NULL;
