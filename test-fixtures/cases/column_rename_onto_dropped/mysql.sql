-- 1 up
ALTER TABLE `users` DROP COLUMN `name`;

ALTER TABLE `users` RENAME COLUMN `nick` TO `name`;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of users.name.

ALTER TABLE `users` RENAME COLUMN `name` TO `nick`;

ALTER TABLE `users` ADD COLUMN `name` longtext NULL;

-- What was in `users.name` is gone; rows that exist get an empty value.
UPDATE `users` SET `name` = '';

ALTER TABLE `users` MODIFY COLUMN `name` longtext NOT NULL;
