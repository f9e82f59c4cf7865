--- before
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE teams (id integer PRIMARY KEY);
CREATE SEQUENCE team_numbers START 5 OWNED BY teams.id;
ALTER TABLE teams ALTER COLUMN id SET DEFAULT nextval('team_numbers');
CREATE TABLE plain (id integer PRIMARY KEY);
--- rows
INSERT INTO users SELECT FROM generate_series(1, 7);
INSERT INTO teams SELECT FROM generate_series(1, 3);
INSERT INTO plain VALUES (40);
--- same
SELECT last_value FROM users_id_seq => SELECT last_value FROM user_numbers
SELECT last_value FROM team_numbers => SELECT last_value FROM teams_id_seq
SELECT count(*) FROM users
--- after
CREATE TABLE users (id integer PRIMARY KEY);
CREATE SEQUENCE user_numbers CACHE 10 OWNED BY users.id;
ALTER TABLE users ALTER COLUMN id SET DEFAULT nextval('user_numbers');
CREATE TABLE teams (id integer PRIMARY KEY);
CREATE SEQUENCE teams_id_seq START 5 OWNED BY teams.id;
ALTER TABLE teams ALTER COLUMN id SET DEFAULT nextval('teams_id_seq');
CREATE TABLE plain (id integer PRIMARY KEY);
