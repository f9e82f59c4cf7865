-- 1 up
ALTER TABLE `posts` DROP FOREIGN KEY `posts_editor_id_fkey`;

DROP INDEX `posts_editor_id_fkey` ON `posts`;

ALTER TABLE `posts`
    ADD CONSTRAINT `posts_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;

-- 1 down
ALTER TABLE `posts` DROP FOREIGN KEY `posts_user_id_fkey`;

DROP INDEX `posts_user_id_fkey` ON `posts`;

-- Rows that point nowhere make it fail.
ALTER TABLE `posts`
    ADD CONSTRAINT `posts_editor_id_fkey` FOREIGN KEY (`editor_id`) REFERENCES `users` (`id`);
