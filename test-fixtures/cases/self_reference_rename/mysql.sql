-- 1 up
RENAME TABLE `nodes` TO `tree`;

ALTER TABLE `tree` RENAME COLUMN `id` TO `node_id`;

-- 1 down
RENAME TABLE `tree` TO `nodes`;

ALTER TABLE `nodes` RENAME COLUMN `node_id` TO `id`;
