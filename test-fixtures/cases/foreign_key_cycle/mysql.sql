-- 1 up
CREATE TABLE `users` (
    `id` bigint NOT NULL,
    `team_id` bigint NULL,
    PRIMARY KEY (`id`)
);

CREATE TABLE `teams` (
    `id` bigint NOT NULL,
    `lead_id` bigint NULL,
    PRIMARY KEY (`id`),
    CONSTRAINT `teams_lead_id_fkey` FOREIGN KEY (`lead_id`) REFERENCES `users` (`id`)
);

ALTER TABLE `users`
    ADD CONSTRAINT `users_team_id_fkey` FOREIGN KEY (`team_id`) REFERENCES `teams` (`id`);

-- 1 down
ALTER TABLE `users` DROP FOREIGN KEY `users_team_id_fkey`;

DROP TABLE `teams`;

DROP TABLE `users`;
