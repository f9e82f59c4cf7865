-- 1 up
ALTER TABLE `users`
    ADD CONSTRAINT `users_code_key` UNIQUE (`code`);

CREATE TABLE `visits` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `user_code` varchar(20) NOT NULL,
    PRIMARY KEY (`id`),
    CONSTRAINT `visits_user_code_fkey` FOREIGN KEY (`user_code`) REFERENCES `users` (`code`)
);

-- 1 down
DROP TABLE `visits`;

ALTER TABLE `users` DROP INDEX `users_code_key`;
