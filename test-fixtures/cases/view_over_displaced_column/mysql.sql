-- 1 up
DROP VIEW `far_places`;

DROP VIEW `places`;

ALTER TABLE `notes` DROP COLUMN `place`;

ALTER TABLE `notes` RENAME COLUMN `rank` TO `place`;

CREATE VIEW `places` AS
SELECT id, place FROM notes;

CREATE VIEW `far_places` AS
SELECT id FROM places WHERE place > 9;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of notes.place.

DROP VIEW `far_places`;

DROP VIEW `places`;

ALTER TABLE `notes` RENAME COLUMN `place` TO `rank`;

ALTER TABLE `notes` ADD COLUMN `place` int NULL;

-- What was in `notes.place` is gone; rows that exist get an empty value.
UPDATE `notes` SET `place` = 0;

ALTER TABLE `notes` MODIFY COLUMN `place` int NOT NULL;

CREATE VIEW `places` AS
SELECT id, place FROM notes;

CREATE VIEW `far_places` AS
SELECT id FROM places WHERE place > 9;
