CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE SCHEMA "type";
CREATE TYPE mood AS ENUM ('ok', 'not ok', 'not_ok', 'self', '', '+', '-', 'Ü');
CREATE TYPE a.mood AS ENUM ('a', '', '+', '-', 'a b', 'a_b', 'err', 'error', 'iterator', 'value', 'Ü', '2', 'none', 'value_vec');
CREATE TYPE "Mood" AS ENUM ('b');
CREATE TYPE string AS ENUM ('c');
CREATE TYPE "self" AS ENUM ('d');
CREATE TYPE numeric_ AS ENUM ('e');
CREATE TYPE "Numeric" AS ENUM ('f');
CREATE TYPE "日本" AS ENUM ('語');
CREATE DOMAIN email AS text;
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE every_type (
  id bigserial PRIMARY KEY,
  a boolean, b smallint, c integer, d bigint, e real, f double precision, g numeric, h numeric(10, 2), i text, j varchar, k varchar(20), l char(3)
);
CREATE TABLE every_other_type (
  id integer PRIMARY KEY, m bytea, n uuid, o json, p jsonb, q date, r time, s time(3), t timestamp, u timestamp(3), v timestamptz, w interval, x inet,
  y cidr, z macaddr, aa money, ab oid, ac int4range, ad tstzrange, ae tsvector, af xml, ag point, ah bit(3), ai varbit(5), aj timetz,
  ak interval(3)
);
CREATE TABLE every_last_type (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  al email, am pair, an mood, ao a.mood, ap "Mood", aq string, ar "self", "as" numeric_, at "Numeric", au "日本", "日本" text,
  av integer[], aw mood[], ax timestamptz[], ay real[], az bytea[], ba email[], bb numeric(10, 2)[], bc macaddr8, bd pg_lsn, be "char", bf name,
  bg jsonb NOT NULL DEFAULT '{}', bh uuid[], bi int4multirange, bj regclass
);
CREATE TABLE floats (key double precision PRIMARY KEY, "many" double precision[]);
CREATE TABLE users (id integer PRIMARY KEY, parent bigint, name text);
CREATE TABLE a.users (id integer PRIMARY KEY, other integer REFERENCES users (id), again integer REFERENCES users (id));
CREATE TABLE b.users (id integer PRIMARY KEY REFERENCES a.users (id), "User" integer REFERENCES users (id));
CREATE TABLE "type"."Users" (id integer PRIMARY KEY, far bigint REFERENCES users (id));
CREATE TABLE "user" (user_id smallint PRIMARY KEY REFERENCES users (id), "userId" integer, "user id" integer);
CREATE TABLE "order-items" ("a b" integer, a_b integer, "A B" integer, PRIMARY KEY ("a b", a_b), FOREIGN KEY ("A B", a_b) REFERENCES "order-items" ("a b", a_b));
CREATE TABLE order_items (id uuid PRIMARY KEY, "a b" integer, a_b integer, FOREIGN KEY ("a b", a_b) REFERENCES "order-items" ("a b", a_b));
CREATE TABLE one (id integer PRIMARY KEY, two integer);
CREATE TABLE two (id integer PRIMARY KEY, one integer REFERENCES one (id));
ALTER TABLE one ADD FOREIGN KEY (two) REFERENCES two (id);
CREATE TABLE diesel (id integer PRIMARY KEY, diesel integer, star integer, "table" integer, columns integer, dsl integer, all_columns integer, bool boolean, str text, is_nullable boolean, ops integer);
CREATE TABLE sea_orm (id integer PRIMARY KEY, entity integer, model integer, "Column" integer, "self" integer, "Self" integer, "crate" integer, "super" integer, _id integer, id_ integer, "2fa" text, __a__b integer, a1 integer, a_1 integer, "TABLE" integer, schema integer, name text, shape integer, columns integer, err integer, error integer, iterator integer, entity_name integer);
CREATE TABLE iterator ("column" integer REFERENCES sea_orm (id), value_type integer, iterator integer, PRIMARY KEY ("column", value_type, iterator));
CREATE TABLE sea_orm_active_enums (id mood PRIMARY KEY);
CREATE TABLE sql_types (id a.mood, at date, PRIMARY KEY (id, at));
CREATE TABLE option ("some" integer PRIMARY KEY, none text, ok integer, err integer, "r#type" integer, "type" integer);
CREATE TABLE b.string (id text PRIMARY KEY, vec bytea);
CREATE TABLE "table" ("table" integer PRIMARY KEY, table_ integer, "Table" integer);
CREATE TABLE "Self" (id integer PRIMARY KEY);
CREATE TABLE "2fa" (id integer PRIMARY KEY, "1" integer, "2" integer REFERENCES "2fa" (id));
CREATE TABLE b."日本" ("日本" integer PRIMARY KEY, "語" "日本");
CREATE TABLE result (id time PRIMARY KEY);
CREATE TABLE relation (id numeric PRIMARY KEY, entity boolean);
CREATE TABLE "line
break" (id integer, "a
b" integer);
