CREATE TABLE every_type (
  id integer PRIMARY KEY AUTOINCREMENT,
  a boolean, b tinyint, c smallint, d integer, e bigint, f real, g double, h numeric, i decimal(10, 2), j text, k varchar(20), l char(3), m blob,
  n uuid, o json, p date, q time, r datetime, s timestamp, t, u "odd type", v unsigned big int
);
CREATE TABLE users (id integer PRIMARY KEY, parent integer REFERENCES users (id), name text UNIQUE);
CREATE TABLE "user" (user_id int PRIMARY KEY REFERENCES users (id), "user" text REFERENCES users (name), "user id" text REFERENCES users (id));
CREATE TABLE diesel (id integer PRIMARY KEY, diesel int, star int, "table" int, columns int, dsl int, all_columns int, bool boolean, str text, is_nullable boolean, ops int);
CREATE TABLE sea_orm (id integer PRIMARY KEY, entity int, model int, "column" int, self int, crate int, super int, _id int, id_ int, "2fa" text, __a__b int, a1 int, a_1 int, "schema" int, name text, shape int);
CREATE TABLE "order-items" ("a b" int, a_b int, PRIMARY KEY ("a b", a_b)) WITHOUT ROWID;
CREATE TABLE order_items (id text PRIMARY KEY, "a b" int, a_b int, FOREIGN KEY ("a b", a_b) REFERENCES "order-items" ("a b", a_b));
CREATE TABLE "Self" (id text PRIMARY KEY) STRICT;
CREATE TABLE "2fa" ("1" real PRIMARY KEY, "2" blob);
CREATE TABLE "line
break" ("a
b" int);
