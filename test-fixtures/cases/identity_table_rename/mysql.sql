-- 1 up
RENAME TABLE `users` TO `people`;

-- 1 down
RENAME TABLE `people` TO `users`;
