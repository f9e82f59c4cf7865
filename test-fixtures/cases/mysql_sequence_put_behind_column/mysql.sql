-- 1 up
CREATE SEQUENCE `it's up`;

ALTER TABLE `orders` MODIFY COLUMN `id` bigint NOT NULL DEFAULT (nextval(`it's up`));

-- The next number comes after those that are there.
BEGIN NOT ATOMIC
    DECLARE last_number BIGINT DEFAULT (SELECT MAX(`id`) FROM `orders`);
    IF last_number IS NOT NULL THEN
        EXECUTE IMMEDIATE CONCAT('DO SETVAL(`it\'s up`, ', last_number, ')');
    END IF;
END;

ALTER TABLE `orders` MODIFY COLUMN `low` bigint NOT NULL DEFAULT (next value for down);

-- The next number comes after those that are there.
BEGIN NOT ATOMIC
    DECLARE last_number BIGINT DEFAULT (SELECT MIN(`low`) FROM `orders`);
    IF last_number IS NOT NULL THEN
        EXECUTE IMMEDIATE CONCAT('DO SETVAL(`down`, ', last_number, ')');
    END IF;
END;

-- 1 down
ALTER TABLE `orders` MODIFY COLUMN `id` bigint NOT NULL;

ALTER TABLE `orders` MODIFY COLUMN `low` bigint NOT NULL;

DROP SEQUENCE `it's up`;
