-- 1 up
CREATE TABLE `things` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `odd` enum('it\'s', 'a, b (c)') NOT NULL DEFAULT 'a, b (c)',
    PRIMARY KEY (`id`)
);

-- 1 down
DROP TABLE `things`;
