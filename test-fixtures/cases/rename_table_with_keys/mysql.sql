-- 1 up
RENAME TABLE `a` TO `c`;

-- 1 down
RENAME TABLE `c` TO `a`;
