-- 1 up
CREATE TABLE `things` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `flag` boolean NOT NULL,
    `tiny` smallint NOT NULL,
    `normal` int NOT NULL,
    `big` bigint NOT NULL,
    `single` float NOT NULL,
    `double` double NOT NULL,
    `price` decimal(12, 2) NOT NULL,
    `text` longtext NOT NULL,
    `short` varchar(20) NOT NULL,
    `code` char(2) NOT NULL,
    `bytes` longblob NOT NULL,
    `key` char(36) NOT NULL,
    `data` json NOT NULL,
    `day` date NOT NULL,
    `time` time(6) NOT NULL,
    `plain` datetime(6) NOT NULL,
    `moment` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    `other_id` bigint NULL,
    PRIMARY KEY (`id`),
    CONSTRAINT `things_short_code_key` UNIQUE (`short`, `code`),
    CONSTRAINT `things_tiny` CHECK (tiny > 0),
    CONSTRAINT `things_other_id_fkey` FOREIGN KEY (`other_id`) REFERENCES `other` (`id`)
);

CREATE INDEX `things_normal_big_idx` ON `things` (`normal`, `big` DESC);

-- 1 down
DROP TABLE `things`;
