-- 1 up
ALTER TABLE `users` MODIFY COLUMN `mood` enum('happy', 'ok', 'sad') NOT NULL DEFAULT 'ok';

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `mood` enum('sad', 'ok', 'happy') NOT NULL DEFAULT 'ok';
