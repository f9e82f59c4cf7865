-- 1 up
ALTER TABLE `notes` MODIFY COLUMN `mark` longtext NULL;

UPDATE `notes` SET `mark` = 'none' WHERE `mark` IS NULL;

ALTER TABLE `notes` MODIFY COLUMN `mark` longtext NOT NULL;

-- 1 down
ALTER TABLE `notes` MODIFY COLUMN `mark` int NULL;
