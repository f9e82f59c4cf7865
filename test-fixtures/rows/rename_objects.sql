--- before
CREATE DOMAIN amount AS numeric(12,2) CHECK (VALUE >= 0);
CREATE TYPE place AS (street text, town text);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE users (id integer PRIMARY KEY, owed amount NOT NULL, home place, feels mood);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users USING (id > 0);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION worst(feeling mood) RETURNS mood LANGUAGE sql AS $$ SELECT 'sad'::mood $$;
CREATE TRIGGER stamped BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW debtors AS SELECT id, owed FROM users WHERE owed > 0;
CREATE MATERIALIZED VIEW totals AS SELECT sum(owed) AS total FROM debtors;
CREATE UNIQUE INDEX totals_one ON totals (total);
CREATE SEQUENCE counter;
--- rows
INSERT INTO users VALUES (1, 3, ROW('a', 'b'), 'sad'), (2, 0, NULL, 'ok');
REFRESH MATERIALIZED VIEW totals;
SELECT setval('counter', 77);
--- same
SELECT id, owed, home, feels FROM users ORDER BY id => SELECT id, owed, home, feels FROM people ORDER BY id
SELECT * FROM totals => SELECT * FROM sums
SELECT last_value FROM counter => SELECT last_value FROM shop.numbers
--- rename
users=people
amount=money_amount
place=shop.address
mood=feeling
people.own=mine
trigger users.stamped=on_change
debtors=owing
totals=sums
totals.totals_one=sums_one
touch=touched
counter=shop.numbers
--- after
CREATE SCHEMA shop;
CREATE DOMAIN money_amount AS numeric(12,2) CONSTRAINT amount_check CHECK (VALUE >= 0);
CREATE TYPE shop.address AS (street text, town text);
CREATE TYPE feeling AS ENUM ('sad', 'ok');
CREATE TABLE people (id integer PRIMARY KEY, owed money_amount NOT NULL, home shop.address, feels feeling);
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON people USING (id > 0);
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION worst(feeling feeling) RETURNS feeling LANGUAGE sql AS $$ SELECT 'sad'::feeling $$;
CREATE TRIGGER on_change BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION touched();
CREATE VIEW owing AS SELECT id, owed FROM people WHERE owed > 0;
CREATE MATERIALIZED VIEW sums AS SELECT sum(owed) AS total FROM owing;
CREATE UNIQUE INDEX sums_one ON sums (total);
CREATE SEQUENCE shop.numbers;
