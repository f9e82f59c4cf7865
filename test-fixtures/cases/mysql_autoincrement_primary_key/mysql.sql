-- 1 up
ALTER TABLE `users` DROP PRIMARY KEY, ADD PRIMARY KEY (`id`, `region`);

-- 1 down
ALTER TABLE `users` DROP PRIMARY KEY, ADD PRIMARY KEY (`id`);
