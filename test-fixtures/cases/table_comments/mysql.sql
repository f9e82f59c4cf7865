-- 1 up
ALTER TABLE `users` COMMENT = 'all people';

ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;

ALTER TABLE `users` MODIFY COLUMN `name` longtext NOT NULL COMMENT 'who\'s that';

-- 1 down
ALTER TABLE `users` COMMENT = 'people';

ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT COMMENT 'the key';

ALTER TABLE `users` MODIFY COLUMN `name` longtext NOT NULL COMMENT 'who';
