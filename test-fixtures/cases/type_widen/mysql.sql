-- 1 up
ALTER TABLE `users` MODIFY COLUMN `n` bigint NOT NULL;

-- 1 down
-- Values of `users.n` that do not fit the new type make it fail, or are cut off where sql_mode is not strict.
ALTER TABLE `users` MODIFY COLUMN `n` int NOT NULL;
