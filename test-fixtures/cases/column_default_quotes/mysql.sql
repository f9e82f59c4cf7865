-- 1 up
ALTER TABLE `notes` ADD COLUMN `a` varchar(40) NOT NULL DEFAULT 'escape\'s';

ALTER TABLE `notes` ADD COLUMN `b` varchar(40) NOT NULL DEFAULT 'back\\slash';

ALTER TABLE `notes` ADD COLUMN `c` varchar(40) NOT NULL DEFAULT '{}';

ALTER TABLE `notes` ADD COLUMN `d` varchar(40) NOT NULL DEFAULT '\"double\"';

ALTER TABLE `notes` ADD COLUMN `e` varchar(40) NOT NULL DEFAULT '--> statement-breakpoint; $$';

-- 1 down
ALTER TABLE `notes` DROP COLUMN `a`;

ALTER TABLE `notes` DROP COLUMN `b`;

ALTER TABLE `notes` DROP COLUMN `c`;

ALTER TABLE `notes` DROP COLUMN `d`;

ALTER TABLE `notes` DROP COLUMN `e`;
