-- 1 up
ALTER TABLE `users` RENAME INDEX `old_i` TO `new_i`;

-- 1 down
ALTER TABLE `users` RENAME INDEX `new_i` TO `old_i`;
