-- 1 up
-- The foreign key goes on needing an index.
CREATE INDEX `posts_author_fkey` ON `posts` (`author`);

DROP INDEX `posts_author_place_idx` ON `posts`;

-- 1 down
CREATE INDEX `posts_author_place_idx` ON `posts` (`author`, `place`);
