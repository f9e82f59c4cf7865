-- 1 up
ALTER TABLE `users` MODIFY COLUMN `n` bigint NOT NULL;

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `n` int NOT NULL;
