-- 1 up
RENAME TABLE `a` TO `__dbkit_tmp_a`;

RENAME TABLE `b` TO `a`;

RENAME TABLE `__dbkit_tmp_a` TO `b`;

ALTER TABLE `b` MODIFY COLUMN `mood` enum('calm', 'odd') NOT NULL;

-- 1 down
RENAME TABLE `a` TO `__dbkit_tmp_a`;

RENAME TABLE `b` TO `a`;

RENAME TABLE `__dbkit_tmp_a` TO `b`;

ALTER TABLE `a` MODIFY COLUMN `mood` enum('calm') NOT NULL;
