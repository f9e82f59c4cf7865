-- 1 up
ALTER TABLE `users` ADD COLUMN `mood` enum('sad', 'ok') NOT NULL DEFAULT 'ok';

-- 1 down
ALTER TABLE `users` DROP COLUMN `mood`;
