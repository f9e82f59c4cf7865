-- 1 up
RENAME TABLE `users` TO `users2`;

ALTER TABLE `users2` RENAME COLUMN `name` TO `name2`;

-- 1 down
RENAME TABLE `users2` TO `users`;

ALTER TABLE `users` RENAME COLUMN `name2` TO `name`;
