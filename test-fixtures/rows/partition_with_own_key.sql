--- before
CREATE TABLE orders (id integer NOT NULL, region text NOT NULL, note text DEFAULT 'x', CHECK (id > 0)) PARTITION BY LIST (region);
CREATE UNIQUE INDEX orders_id_region_idx ON orders (id, region);
--- after
CREATE TABLE orders (id integer NOT NULL, region text NOT NULL, note text DEFAULT 'x', CHECK (id > 0)) PARTITION BY LIST (region);
CREATE TABLE orders_eu PARTITION OF orders (CONSTRAINT orders_eu_pkey PRIMARY KEY (id, region)) FOR VALUES IN ('eu');
CREATE UNIQUE INDEX orders_id_region_idx ON orders (id, region);
CREATE TABLE bills (id integer NOT NULL, region text NOT NULL) PARTITION BY LIST (region);
CREATE TABLE bills_eu PARTITION OF bills (CONSTRAINT bills_eu_pkey PRIMARY KEY (id, region)) FOR VALUES IN ('eu');
CREATE UNIQUE INDEX bills_id_region_idx ON bills (id, region);
CREATE TABLE lines (order_id integer, region text, FOREIGN KEY (order_id, region) REFERENCES bills (id, region));
