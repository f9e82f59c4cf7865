--- before
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
CREATE TABLE shop.refunds (id integer PRIMARY KEY, note text);
CREATE TABLE debts (id integer PRIMARY KEY);
CREATE TABLE empty (id integer PRIMARY KEY);
--- after
CREATE SCHEMA shop;
CREATE SEQUENCE shop."Num bers";
CREATE SEQUENCE downwards INCREMENT -1;
CREATE SEQUENCE late START 100;
CREATE TABLE shop.orders (id bigint DEFAULT nextval('shop."Num bers"') PRIMARY KEY, note text);
CREATE TABLE shop.refunds (id integer DEFAULT nextval('shop."Num bers"') PRIMARY KEY, note text);
CREATE TABLE debts (id integer DEFAULT nextval('downwards') PRIMARY KEY);
CREATE TABLE empty (id integer DEFAULT nextval('late') PRIMARY KEY);
--- rows
INSERT INTO shop.orders (note) VALUES ('one'), ('two'), ('three');
INSERT INTO shop.refunds (id, note) VALUES (1, 'back');
INSERT INTO debts VALUES (-1), (-2), (7);
--- same
SELECT id, note FROM shop.orders WHERE id < 4 ORDER BY id
SELECT id, note FROM shop.refunds WHERE id < 4 ORDER BY id
SELECT id FROM debts WHERE id > -3 ORDER BY id
--- then
INSERT INTO shop.orders (note) VALUES ('four');
INSERT INTO shop.refunds (note) VALUES ('back');
INSERT INTO debts DEFAULT VALUES;
INSERT INTO empty DEFAULT VALUES;
DO $$ BEGIN
    ASSERT (SELECT max(id) FROM shop.orders) = 4;
    ASSERT (SELECT max(id) FROM shop.refunds) = 5;
    ASSERT (SELECT min(id) FROM debts) = -3;
    ASSERT (SELECT max(id) FROM empty) = 100;
END $$;
