-- 1 up
-- Old and new values side by side, while rows are brought over.
ALTER TABLE `users` MODIFY COLUMN `mood` enum('ok', 'happy', 'sad') NOT NULL DEFAULT 'ok';

UPDATE `users` SET `mood` = 'ok' WHERE `mood` = 'sad';

ALTER TABLE `users` MODIFY COLUMN `mood` enum('ok', 'happy') NOT NULL DEFAULT 'ok';

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `mood` enum('sad', 'ok', 'happy') NOT NULL DEFAULT 'ok';
