-- 1 up
ALTER TABLE `users` ADD COLUMN `created_at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);

-- 1 down
ALTER TABLE `users` DROP COLUMN `created_at`;
