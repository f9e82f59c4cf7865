-- 1 up
-- The foreign key goes on needing an index.
CREATE INDEX `posts_author_fkey` ON `posts` (`author`);

DROP INDEX `posts_author_place_idx` ON `posts`;

ALTER TABLE `posts` DROP COLUMN `place`;

ALTER TABLE `posts` RENAME COLUMN `title` TO `place`;

ALTER TABLE `posts` DROP FOREIGN KEY `posts_author_fkey`;

DROP INDEX `posts_author_fkey` ON `posts`;

ALTER TABLE `posts` DROP COLUMN `author`;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of posts.author.
-- Does not bring back the data of posts.place.

ALTER TABLE `posts` RENAME COLUMN `place` TO `title`;

-- Old rows get an empty value of the type.
ALTER TABLE `posts` ADD COLUMN `author` bigint NOT NULL;

ALTER TABLE `posts` ADD COLUMN `place` bigint NULL;

-- What was in `posts.place` is gone; rows that exist get an empty value.
UPDATE `posts` SET `place` = 0;

ALTER TABLE `posts` MODIFY COLUMN `place` bigint NOT NULL;

-- Rows that point nowhere make it fail.
ALTER TABLE `posts`
    ADD CONSTRAINT `posts_author_fkey` FOREIGN KEY (`author`) REFERENCES `users` (`id`);

CREATE INDEX `posts_author_place_idx` ON `posts` (`author`, `place`);
