-- 1 up
-- Old and new values side by side, while rows are brought over.
ALTER TABLE `users` MODIFY COLUMN `mood` enum('in_review', 'active', 'paused', 'inactive', 'pending') NOT NULL DEFAULT 'in_review';

UPDATE `users` SET `mood` = 'paused' WHERE `mood` = 'inactive';

UPDATE `users` SET `mood` = 'in_review' WHERE `mood` = 'pending';

ALTER TABLE `users` MODIFY COLUMN `mood` enum('in_review', 'active', 'paused') NOT NULL DEFAULT 'in_review';

-- 1 down
-- Old and new values side by side, while rows are brought over.
ALTER TABLE `users` MODIFY COLUMN `mood` enum('pending', 'active', 'inactive', 'in_review', 'paused') NOT NULL DEFAULT 'pending';

UPDATE `users` SET `mood` = 'pending' WHERE `mood` = 'in_review';

UPDATE `users` SET `mood` = 'inactive' WHERE `mood` = 'paused';

ALTER TABLE `users` MODIFY COLUMN `mood` enum('pending', 'active', 'inactive') NOT NULL DEFAULT 'pending';
