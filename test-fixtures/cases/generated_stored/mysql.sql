-- 1 up
DROP INDEX `users_b_idx` ON `users`;

ALTER TABLE `users` ADD COLUMN `c` int GENERATED ALWAYS AS (a * 2) STORED;

ALTER TABLE `users` DROP COLUMN `b`;

ALTER TABLE `users` ADD COLUMN `b` int GENERATED ALWAYS AS (a + 2) STORED;

CREATE INDEX `users_b_idx` ON `users` (`b`);

-- 1 down
DROP INDEX `users_b_idx` ON `users`;

ALTER TABLE `users` DROP COLUMN `b`;

ALTER TABLE `users` ADD COLUMN `b` int GENERATED ALWAYS AS (a + 1) STORED;

CREATE INDEX `users_b_idx` ON `users` (`b`);

ALTER TABLE `users` DROP COLUMN `c`;
