-- 1 up
DROP INDEX `i1` ON `users`;

DROP INDEX `i2` ON `users`;

DROP INDEX `i3` ON `users`;

CREATE INDEX `i1` ON `users` (`b`);

CREATE INDEX `i2` ON `users` (`b`);

CREATE INDEX `i3` ON `users` (`a`, `b` DESC);

-- 1 down
DROP INDEX `i1` ON `users`;

DROP INDEX `i2` ON `users`;

DROP INDEX `i3` ON `users`;

CREATE INDEX `i1` ON `users` (`a`);

-- Rows with equal values make it fail.
CREATE UNIQUE INDEX `i2` ON `users` (`b`);

CREATE INDEX `i3` ON `users` (`a`, `b`);
