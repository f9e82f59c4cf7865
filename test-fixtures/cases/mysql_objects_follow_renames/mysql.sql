-- 1 up
DROP TRIGGER `keep_positive`;

DROP VIEW `next_number`;

DROP VIEW `totals`;

RENAME TABLE `numbers` TO `figures`;

RENAME TABLE `orders` TO `bills`;

ALTER TABLE `bills` RENAME COLUMN `amount` TO `price`;

DROP FUNCTION `paid`;

CREATE FUNCTION paid(wanted bigint) RETURNS bigint READS SQL DATA RETURN (SELECT sum(price) FROM bills WHERE user_id = wanted);

CREATE VIEW next_number AS SELECT nextval(figures) AS number;

CREATE VIEW totals AS SELECT user_id, sum(price) AS total FROM bills GROUP BY user_id;

CREATE TRIGGER `keep_positive` BEFORE INSERT ON `bills`
    FOR EACH ROW
SET NEW.price = abs(NEW.price);

-- 1 down
DROP TRIGGER `keep_positive`;

DROP VIEW `next_number`;

DROP VIEW `totals`;

RENAME TABLE `figures` TO `numbers`;

RENAME TABLE `bills` TO `orders`;

ALTER TABLE `orders` RENAME COLUMN `price` TO `amount`;

DROP FUNCTION `paid`;

CREATE FUNCTION paid(wanted bigint) RETURNS bigint READS SQL DATA RETURN (SELECT sum(amount) FROM orders WHERE user_id = wanted);

CREATE VIEW next_number AS SELECT nextval(numbers) AS number;

CREATE VIEW totals AS SELECT user_id, sum(amount) AS total FROM orders GROUP BY user_id;

CREATE TRIGGER `keep_positive` BEFORE INSERT ON `orders`
    FOR EACH ROW
SET NEW.amount = abs(NEW.amount);
