-- 1 up
CREATE TABLE `a` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `x` int NOT NULL,
    PRIMARY KEY (`id`)
);

CREATE TABLE `b` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `x` int NOT NULL,
    PRIMARY KEY (`id`)
);

CREATE INDEX `ix` ON `a` (`x`);

CREATE INDEX `ix` ON `b` (`x`);

-- 1 down
DROP TABLE `a`;

DROP TABLE `b`;
