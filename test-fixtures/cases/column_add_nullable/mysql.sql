-- 1 up
ALTER TABLE `users` ADD COLUMN `bio` longtext NULL;

-- 1 down
ALTER TABLE `users` DROP COLUMN `bio`;
