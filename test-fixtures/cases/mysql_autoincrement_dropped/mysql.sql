-- 1 up
ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL;

ALTER TABLE `users` DROP PRIMARY KEY, ADD PRIMARY KEY (`region`);

ALTER TABLE `notes` DROP COLUMN `id`;

ALTER TABLE `users` DROP COLUMN `id`;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of notes.id.
-- Does not bring back the data of users.id.

ALTER TABLE `notes` ADD COLUMN `id` bigint NOT NULL;

ALTER TABLE `users` ADD COLUMN `id` bigint NOT NULL;

-- Rows with equal or NULL keys make it fail.
ALTER TABLE `notes`
    ADD PRIMARY KEY (`id`);

ALTER TABLE `users` DROP PRIMARY KEY, ADD PRIMARY KEY (`id`, `region`);

ALTER TABLE `notes` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;

ALTER TABLE `users` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;
