--- before
CREATE SCHEMA old;
CREATE TABLE a (id serial PRIMARY KEY, x integer, y text);
CREATE TABLE b (id serial PRIMARY KEY, z integer);
CREATE TABLE old.c (id serial PRIMARY KEY, a_id integer REFERENCES a (id));
CREATE VIEW v AS SELECT a.x, a.y, b.z FROM a JOIN b ON b.id = a.id;
--- rows
INSERT INTO a (x, y) VALUES (1, 'one'), (2, 'two');
INSERT INTO b (z) VALUES (3), (4);
INSERT INTO old.c (a_id) VALUES (1), (2);
--- same
SELECT id, x, y FROM a ORDER BY id => SELECT id, y, x FROM b ORDER BY id
SELECT id, z FROM b ORDER BY id => SELECT id, z FROM a ORDER BY id
SELECT id, a_id FROM old.c ORDER BY id => SELECT id, a_id FROM c ORDER BY id
--- rename
a=b
b=a
a.x=y
a.y=x
old.c=public.c
--- after
CREATE SCHEMA old;
CREATE TABLE b (id serial PRIMARY KEY, y integer, x text);
CREATE TABLE a (id serial PRIMARY KEY, z integer);
CREATE TABLE c (id serial PRIMARY KEY, a_id integer REFERENCES b (id));
CREATE VIEW v AS SELECT b.y AS x, b.x AS y, a.z FROM b JOIN a ON a.id = b.id;
