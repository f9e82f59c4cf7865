-- 1 up
CREATE SEQUENCE `new no` INCREMENT BY -2 MINVALUE -100 MAXVALUE -1 START WITH -1 ENGINE = Aria;

ALTER SEQUENCE `order_no` INCREMENT BY 5 CACHE 10 CYCLE;

ALTER TABLE `order_no` COMMENT = 'it\'s numbers';

ALTER TABLE `orders` ADD COLUMN `number` bigint NOT NULL DEFAULT (nextval(`new no`));

DROP SEQUENCE `old_no`;

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of old_no.

CREATE SEQUENCE `old_no`;

ALTER SEQUENCE `order_no` INCREMENT BY 1 CACHE 1000 NOCYCLE;

ALTER TABLE `order_no` COMMENT = 'numbers';

ALTER TABLE `orders` DROP COLUMN `number`;

DROP SEQUENCE `new no`;
