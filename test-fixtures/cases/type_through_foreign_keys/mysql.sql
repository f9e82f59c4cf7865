-- 1 up
ALTER TABLE `contents` DROP FOREIGN KEY `contents_user_id_fkey`;

ALTER TABLE `sessions` DROP FOREIGN KEY `sessions_user_id_fkey`;

ALTER TABLE `contents` MODIFY COLUMN `user_id` bigint NULL;

ALTER TABLE `sessions` MODIFY COLUMN `user_id` bigint NOT NULL;

ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL;

ALTER TABLE `contents`
    ADD CONSTRAINT `contents_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;

ALTER TABLE `sessions`
    ADD CONSTRAINT `sessions_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`);

-- 1 down
ALTER TABLE `contents` DROP FOREIGN KEY `contents_user_id_fkey`;

ALTER TABLE `sessions` DROP FOREIGN KEY `sessions_user_id_fkey`;

-- Values of `contents.user_id` that do not fit the new type make it fail, or are cut off where sql_mode is not strict.
ALTER TABLE `contents` MODIFY COLUMN `user_id` int NULL;

-- Values of `sessions.user_id` that do not fit the new type make it fail, or are cut off where sql_mode is not strict.
ALTER TABLE `sessions` MODIFY COLUMN `user_id` int NOT NULL;

-- Values of `users.id` that do not fit the new type make it fail, or are cut off where sql_mode is not strict.
ALTER TABLE `users` MODIFY COLUMN `id` int NOT NULL;

-- Rows that point nowhere make it fail.
ALTER TABLE `contents`
    ADD CONSTRAINT `contents_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;

-- Rows that point nowhere make it fail.
ALTER TABLE `sessions`
    ADD CONSTRAINT `sessions_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`);
