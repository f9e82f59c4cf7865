-- 1 up
RENAME TABLE `b` TO `c`;

RENAME TABLE `a` TO `b`;

-- 1 down
RENAME TABLE `b` TO `a`;

RENAME TABLE `c` TO `b`;
