--- before
CREATE TABLE orders (id integer NOT NULL, region text NOT NULL, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE orders_eu PARTITION OF orders FOR VALUES IN ('eu');
CREATE TABLE orders_us PARTITION OF orders FOR VALUES IN ('us');
CREATE TABLE lines (id integer PRIMARY KEY, order_id integer, region text, FOREIGN KEY (order_id, region) REFERENCES orders (id, region));
CREATE TABLE loops (id integer, region text, other integer, UNIQUE (id, region), FOREIGN KEY (other, region) REFERENCES loops (id, region)) PARTITION BY LIST (region);
CREATE TABLE loops_eu PARTITION OF loops FOR VALUES IN ('eu');
--- rows
INSERT INTO orders VALUES (1, 'eu');
INSERT INTO lines VALUES (1, 1, 'eu');
--- same
SELECT * FROM orders ORDER BY id
SELECT * FROM lines ORDER BY id
--- after
CREATE TABLE orders (id integer NOT NULL, region text NOT NULL, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE orders_eu PARTITION OF orders FOR VALUES IN ('eu');
CREATE TABLE lines (id integer PRIMARY KEY, order_id integer, region text, FOREIGN KEY (order_id, region) REFERENCES orders (id, region));
