-- 1 up
RENAME TABLE `notes` TO `old_notes`;

CREATE TABLE `notes` (
    `id` bigint NOT NULL,
    `number` int NOT NULL,
    `rank` int NOT NULL,
    `old` bigint NULL,
    PRIMARY KEY (`id`),
    CONSTRAINT `notes_number_key1` UNIQUE (`number`),
    CONSTRAINT `notes_old_fkey` FOREIGN KEY (`old`) REFERENCES `old_notes` (`id`)
);

CREATE INDEX `notes_rank_idx1` ON `notes` (`rank`);

-- 1 down
DROP TABLE `notes`;

RENAME TABLE `old_notes` TO `notes`;
