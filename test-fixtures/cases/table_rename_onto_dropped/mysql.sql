-- 1 up
DROP TABLE `b`;

RENAME TABLE `a` TO `b`;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of b.

RENAME TABLE `b` TO `a`;

CREATE TABLE `b` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `x` varchar(9) NOT NULL,
    PRIMARY KEY (`id`)
);
