-- 1 up
ALTER TABLE `users` MODIFY COLUMN `mood` enum('sad', 'ok', 'happy') NOT NULL DEFAULT 'happy';

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `mood` enum('sad', 'ok') NOT NULL DEFAULT 'ok';
