-- 1 up
ALTER TABLE `bar` DROP FOREIGN KEY `bar_foo_id_fkey`;

DROP INDEX `bar_foo_id_fkey` ON `bar`;

DROP TABLE `foo`;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of foo.

CREATE TABLE `foo` (
    `id` bigint NOT NULL,
    PRIMARY KEY (`id`)
);

-- Rows that point nowhere make it fail.
ALTER TABLE `bar`
    ADD CONSTRAINT `bar_foo_id_fkey` FOREIGN KEY (`foo_id`) REFERENCES `foo` (`id`);
