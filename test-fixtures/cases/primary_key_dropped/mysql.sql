-- 1 up
ALTER TABLE `pairs` DROP PRIMARY KEY;

-- 1 down
-- Rows with equal or NULL keys make it fail.
ALTER TABLE `pairs`
    ADD PRIMARY KEY (`a`);
