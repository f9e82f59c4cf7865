-- 1 up
ALTER TABLE `nodes`
    ADD CONSTRAINT `nodes_parent_fk` FOREIGN KEY (`parent`) REFERENCES `nodes` (`id`);

-- 1 down
ALTER TABLE `nodes` DROP FOREIGN KEY `nodes_parent_fk`;

DROP INDEX `nodes_parent_fk` ON `nodes`;
