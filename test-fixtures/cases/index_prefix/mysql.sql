-- 1 up
CREATE INDEX `i1` ON `users` (`a`(10));

-- 1 down
DROP INDEX `i1` ON `users`;
