-- 1 up
RENAME TABLE `a` TO `__dbkit_tmp_a`;

RENAME TABLE `b` TO `a`;

RENAME TABLE `__dbkit_tmp_a` TO `b`;

-- 1 down
RENAME TABLE `a` TO `__dbkit_tmp_a`;

RENAME TABLE `b` TO `a`;

RENAME TABLE `__dbkit_tmp_a` TO `b`;
