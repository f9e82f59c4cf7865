-- 1 up
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;

-- 1 down
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL;
