== event trigger
create function ef() returns event_trigger language plpgsql as $$begin end$$;
create event trigger et on ddl_command_end execute function ef();
--
create function ef() returns event_trigger language plpgsql as $$begin null; end$$;
create event trigger et on ddl_command_end when tag in ('CREATE TABLE') execute function ef();
alter event trigger et disable; comment on event trigger et is 'evt';

== foreign table below view
create foreign data wrapper w;
create server sv foreign data wrapper w;
create foreign table ft(id int, a text) server sv;
create view v as select id, a from ft;
grant select on ft to r_one;
--
create foreign data wrapper w;
create server sv foreign data wrapper w;
create foreign table ft(id bigint, a text) server sv;
create view v as select id, a from ft;
grant select on ft to r_one;

== server type change
create foreign data wrapper w;
create server sv type 'a' foreign data wrapper w;
create foreign table ft(id int, a text) server sv;
--
create foreign data wrapper w;
create server sv type 'b' foreign data wrapper w;
create foreign table ft(id int, a text) server sv;

== schema
create schema a; create table a.t(id int primary key);
comment on schema a is 'A'; grant usage on schema a to r_one;
--
create schema b; create table b.t(id int primary key); grant all on schema b to r_two with grant option;

== default privileges
alter default privileges grant select on tables to r_one;
create table t(id int primary key);
--
alter default privileges grant select, insert on tables to r_one; alter default privileges in schema public grant execute on functions to r_two; alter default privileges revoke execute on functions from public;
create table t(id int primary key);
create table u(id int primary key);
create function f() returns int language sql as 'select 1';

== default privileges and new table
create table t(id int primary key);
--
alter default privileges grant select on tables to r_one;
create table t(id int primary key);
create table u(id int primary key);
grant select on t to r_one;

== grants
create table t(id int primary key, a int); create sequence s; create function f() returns int language sql as 'select 1'; create type e as enum('a'); create schema sc;
grant select, insert on t to r_one; grant select(a) on t to r_two; grant usage on sequence s to r_one; grant execute on function f() to r_one; grant usage on type e to r_one; grant create on schema sc to r_one; revoke all on function f() from public;
--
create table t(id int primary key, a int); create sequence s; create function f() returns int language sql as 'select 1'; create type e as enum('a'); create schema sc;
grant select on t to r_one with grant option; grant update(a, id) on t to r_two; grant all on sequence s to r_two; revoke usage on type e from public; grant all on schema sc to public; revoke insert on t from postgres;

== what must not have the default privileges gives them back
alter default privileges grant select on tables to r_one, r_two;
alter default privileges revoke execute on functions from public;
alter default privileges grant usage on types to r_one;
--
alter default privileges grant select on tables to r_one, r_two;
alter default privileges revoke execute on functions from public;
alter default privileges grant usage on types to r_one;
create table t (id int);
revoke all on t from r_one;
create view v as select id from t;
revoke select on v from r_two;
create function f() returns int language sql as 'select 1';
grant execute on function f() to public;
create domain d as text;
revoke all on domain d from r_one;
create table open (id int);

== grants on the sequence of an identity column
create table t (id int generated always as identity);
--
create table t (id int generated always as identity);
grant usage on sequence t_id_seq to r_one;

== a subscription
create publication p for all tables;
create subscription s connection 'host=localhost dbname=postgres' publication p with (connect = false, slot_name = none);
comment on subscription s is 'theirs';
--
create publication p for all tables;
create subscription s connection 'host=localhost dbname=other' publication p, q with (connect = false, slot_name = none, binary = true, synchronous_commit = 'local');
create subscription u connection 'host=localhost' publication q with (connect = false);

== publications
create table t(id int primary key, a int); create table u(id int primary key); create schema s;
create publication p for table t;
--
create table t(id int primary key, a int); create table u(id int primary key); create schema s;
create publication p for table t where (id > 3), u, tables in schema s with (publish='insert', publish_via_partition_root=true);
create publication pa for all tables; comment on publication p is 'pub';

== fdw
create foreign data wrapper w options (a '1');
create server sv type 'x' version '1' foreign data wrapper w options (h 'a');
create user mapping for public server sv options (u 'x');
create foreign table ft(id int, a text) server sv options (t 'y');
--
create foreign data wrapper w options (a '2', b '3');
create server sv type 'x' version '2' foreign data wrapper w options (h 'b');
create user mapping for public server sv options (u 'z');
create user mapping for r_one server sv;
create foreign table ft(id int not null, a text, b date options (c 'q')) server sv options (t 'y', z '1');
comment on foreign table ft is 'for'; comment on server sv is 'srv'; grant usage on foreign server sv to r_one; grant usage on foreign data wrapper w to r_one;
comment on column ft.a is 'fa'; comment on foreign data wrapper w is 'ww';

== extension
create extension hstore;
--
create schema x; create extension hstore schema x; create extension pg_trgm;
create table t(id int primary key, a x.hstore, b text);
create index ti on t using gin (b gin_trgm_ops);

== grants on public, and its comment
create table t (id int);
--
create table t (id int);
grant usage on schema public to r_one;
revoke usage on schema public from public;
comment on schema public is 'ours';

== operators, their classes, casts and text search
create type c as (x int);
create text search configuration tc (copy = english);
create table t (id int, a text);
create index t_a on t using gin (to_tsvector('tc', a));
--
create type c as (x int);
create function c_of(int) returns c language sql as 'select row($1)::c';
create function c_eq(c, c) returns bool immutable language sql as 'select $1.x = $2.x';
create function c_hash(c) returns int immutable language sql as 'select $1.x';
create cast (int as c) with function c_of(int) as assignment;
create operator === (leftarg = c, rightarg = c, function = c_eq, commutator = ===, hashes);
create operator class c_ops for type c using hash as operator 1 ===, function 1 c_hash(c);
comment on operator === (c, c) is 'alike';
create text search dictionary plain (template = simple, accept = false);
create text search configuration tc (copy = english);
alter text search configuration tc alter mapping for word with plain, english_stem;
alter text search configuration tc drop mapping for email;
comment on text search configuration tc is 'ours';
create table t (id int, a text);
create index t_a on t using gin (to_tsvector('tc', a));
