--- before
CREATE TABLE teams (id serial PRIMARY KEY, title varchar(20) NOT NULL);
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, nick varchar(20) NOT NULL, team integer REFERENCES teams (id));
CREATE INDEX users_nick_idx ON users (lower(nick));
CREATE VIEW nicks AS SELECT id, nick FROM users;
CREATE VIEW loud AS SELECT upper(nick) AS nick FROM nicks;
CREATE MATERIALIZED VIEW shouted AS SELECT nick FROM loud;
COMMENT ON VIEW nicks IS 'names';
COMMENT ON COLUMN users.nick IS 'short';
--- rows
INSERT INTO teams (title) VALUES ('a'), ('b');
INSERT INTO users (nick, team) VALUES ('x', 1), ('y', 2);
--- same
SELECT id, nick FROM users ORDER BY id => SELECT id, name FROM people ORDER BY id
SELECT id, title FROM teams ORDER BY id
SELECT nextval('users_id_seq') > 2 => SELECT nextval('people_id_seq') > 2
--- rename
users=people
people.nick=name
--- after
CREATE TABLE teams (id serial PRIMARY KEY, title varchar(20) NOT NULL);
CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, team integer REFERENCES teams (id));
CREATE INDEX people_name_idx ON people (lower(name));
CREATE VIEW nicks AS SELECT id, name FROM people;
CREATE VIEW loud AS SELECT upper(name) AS nick FROM nicks;
CREATE MATERIALIZED VIEW shouted AS SELECT nick FROM loud;
COMMENT ON VIEW nicks IS 'names';
COMMENT ON COLUMN people.name IS 'long';
