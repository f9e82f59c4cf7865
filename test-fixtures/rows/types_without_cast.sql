--- before
CREATE TYPE mood AS ENUM ('1', '2');
CREATE TABLE users (id integer PRIMARY KEY, at bigint, yes bigint, day integer, feels mood, bytes uuid);
--- rows
INSERT INTO users VALUES (1, NULL, 1, NULL, '2', NULL), (2, NULL, 0, NULL, '1', NULL);
--- same
SELECT id, yes::integer, feels::text FROM users ORDER BY id
--- after
CREATE TYPE mood AS ENUM ('1', '2');
CREATE TABLE users (id integer PRIMARY KEY, at timestamp, yes boolean, day date, feels integer, bytes bytea);
