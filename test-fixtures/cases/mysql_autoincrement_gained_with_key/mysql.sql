-- 1 up
ALTER TABLE `accounts`
    ADD PRIMARY KEY (`id`);

ALTER TABLE `accounts` MODIFY COLUMN `id` bigint NOT NULL AUTO_INCREMENT;

-- 1 down
ALTER TABLE `accounts` MODIFY COLUMN `id` bigint NOT NULL;

ALTER TABLE `accounts` DROP PRIMARY KEY;
