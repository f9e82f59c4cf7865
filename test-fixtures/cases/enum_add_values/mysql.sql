-- 1 up
ALTER TABLE `users` MODIFY COLUMN `mood` enum('new', 'all', 'new2', 'admin') NOT NULL;

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `mood` enum('all', 'admin') NOT NULL;
