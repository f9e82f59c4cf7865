-- 1 up
ALTER TABLE `orders` MODIFY COLUMN `one` bigint NOT NULL;

ALTER TABLE `orders` MODIFY COLUMN `two` bigint NOT NULL;

ALTER TABLE `orders` MODIFY COLUMN `three` varchar(20) NOT NULL;

RENAME TABLE `c` TO `d`;

RENAME TABLE `a` TO `__dbkit_tmp_a`;

RENAME TABLE `b` TO `a`;

RENAME TABLE `__dbkit_tmp_a` TO `b`;

RENAME TABLE `orders` TO `bills`;

ALTER TABLE `bills` RENAME COLUMN `one` TO `first`;

ALTER TABLE `bills` MODIFY COLUMN `first` bigint NOT NULL DEFAULT (nextval(b));

ALTER TABLE `bills` MODIFY COLUMN `two` bigint NOT NULL DEFAULT (nextval(b) + nextval(a));

ALTER TABLE `bills` MODIFY COLUMN `three` varchar(20) NOT NULL DEFAULT (nextval(d));

ALTER TABLE `bills` ADD COLUMN `four` bigint NOT NULL DEFAULT 0;

-- 1 down
ALTER TABLE `bills` MODIFY COLUMN `first` bigint NOT NULL;

ALTER TABLE `bills` MODIFY COLUMN `two` bigint NOT NULL;

ALTER TABLE `bills` MODIFY COLUMN `three` varchar(20) NOT NULL;

RENAME TABLE `d` TO `c`;

RENAME TABLE `a` TO `__dbkit_tmp_a`;

RENAME TABLE `b` TO `a`;

RENAME TABLE `__dbkit_tmp_a` TO `b`;

RENAME TABLE `bills` TO `orders`;

ALTER TABLE `orders` RENAME COLUMN `first` TO `one`;

ALTER TABLE `orders` MODIFY COLUMN `one` bigint NOT NULL DEFAULT (nextval(a));

ALTER TABLE `orders` MODIFY COLUMN `two` bigint NOT NULL DEFAULT (nextval(a) + nextval(b));

ALTER TABLE `orders` MODIFY COLUMN `three` varchar(20) NOT NULL DEFAULT (nextval(c));

ALTER TABLE `orders` DROP COLUMN `four`;
