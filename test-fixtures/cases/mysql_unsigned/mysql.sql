-- 1 up
ALTER TABLE `users` COMMENT = 'people';

ALTER TABLE `users` MODIFY COLUMN `n` bigint unsigned NOT NULL;

ALTER TABLE `users` ADD COLUMN `m` tinyint unsigned NULL;

-- 1 down
ALTER TABLE `users` COMMENT = '';

-- Values of `users.n` that do not fit the new type make it fail, or are cut off where sql_mode is not strict.
ALTER TABLE `users` MODIFY COLUMN `n` int unsigned NOT NULL;

ALTER TABLE `users` DROP COLUMN `m`;
