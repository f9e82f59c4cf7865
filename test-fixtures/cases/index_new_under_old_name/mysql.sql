-- 1 up
ALTER TABLE `notes` RENAME COLUMN `place` TO `old_place`;

ALTER TABLE `notes` RENAME COLUMN `rank` TO `old_rank`;

ALTER TABLE `notes` ADD COLUMN `rank` int NULL;

ALTER TABLE `notes` ADD COLUMN `place` int NULL;

ALTER TABLE `notes`
    ADD CONSTRAINT `notes_place_key1` UNIQUE (`place`);

CREATE INDEX `notes_rank_idx1` ON `notes` (`rank`);

-- 1 down
ALTER TABLE `notes` DROP INDEX `notes_place_key1`;

DROP INDEX `notes_rank_idx1` ON `notes`;

ALTER TABLE `notes` DROP COLUMN `place`;

ALTER TABLE `notes` DROP COLUMN `rank`;

ALTER TABLE `notes` RENAME COLUMN `old_place` TO `place`;

ALTER TABLE `notes` RENAME COLUMN `old_rank` TO `rank`;
