== domain all
create domain d as text default 'x' not null constraint d_ck check (value <> '');
create table t(id int primary key, a d);
comment on domain d is 'dom'; comment on constraint d_ck on domain d is 'dck';
grant usage on domain d to r_one;
--
create domain d as text default 'y' constraint d_ck check (value <> 'q') constraint d2 check (length(value) < 10);
create table t(id int primary key, a d);
comment on domain d is 'dom2'; comment on constraint d2 on domain d is 'dck2';

== enum replace with everything
create type e as enum('a','b','c');
create table t(id int primary key, a e default 'a', b e[] default '{a}', check (a <> 'c'));
create index ti on t(a) where a = 'b';
create view v as select a from t where a = 'a';
create function f(e) returns e language sql as 'select $1';
create policy p on t using (a = 'a');
comment on type e is 'en'; grant usage on type e to r_one;
--
create type e as enum('a','b');
create table t(id int primary key, a e default 'a', b e[] default '{a}', check (a <> 'b'));
create index ti on t(a) where a = 'b';
create view v as select a from t where a = 'a';
create function f(e) returns e language sql as 'select $1';
create policy p on t using (a = 'a');
comment on type e is 'en'; grant usage on type e to r_one;

== enum reorder with gen column
create type e as enum('a','b');
create table t(id int primary key, a e, g bool generated always as (a = 'a') stored);
--
create type e as enum('b','a','c');
create table t(id int primary key, a e, g bool generated always as (a = 'a') stored);

== column drop with dependents
create table t(id int primary key, a int, b int, constraint ck check (a > b));
create index i on t(a, b); create view v as select a from t; create statistics st on a, b from t;
--
create table t(id int primary key, b int);
create view v as select b as a from t;

== collation change
create table t(id int primary key, a text); create index i on t(a); create view v as select a from t;
--
create table t(id int primary key, a text collate "C"); create index i on t(a); create view v as select a from t;

== typed table
create type ty as (a int, b text);
create table t of ty (primary key (a));
--
create type ty as (a int, b text);
create table t(a int primary key, b text);

== domain base type
create domain d as varchar(10) check (value <> '');
create table t(id int primary key, a d, b d[]);
create view v as select a from t;
create function fd(d) returns d language sql as 'select $1';
--
create domain d as varchar(20) check (value <> '');
create table t(id int primary key, a d, b d[]);
create view v as select a from t;
create function fd(d) returns d language sql as 'select $1';

== domain collate
create domain d as text collate "C";
create table t(id int primary key, a d);
--
create domain d as text;
create table t(id int primary key, a d);

== composite all
create type c as (x int, y text);
create table t(id int primary key, a c);
comment on type c is 'comp'; comment on column c.x is 'ex';
--
create type c as (x int, y varchar(10), z date);
create table t(id int primary key, a c);
comment on type c is 'comp2'; comment on column c.z is 'zed';

== composite used by function
create type c as (x int, y text);
create function f(c) returns c language sql as 'select $1';
create view v as select (f(row(1,'a')::c)).x;
grant execute on function f(c) to r_one;
--
create type c as (x bigint, y text);
create function f(c) returns c language sql as 'select $1';
create view v as select (f(row(1,'a')::c)).x;
grant execute on function f(c) to r_one;

== range type
create type r as range (subtype = float8);
create table t(id int primary key, a r);
comment on type r is 'rng';
--
create type r as range (subtype = float8, subtype_diff = float8mi);
create table t(id int primary key, a r);
comment on type r is 'rng2';

== enum to domain
create type e as enum('a','b');
create table t(id int primary key, a e);
--
create domain e as text;
create table t(id int primary key, a e);

== collation
create collation c1 (provider = icu, locale = 'de');
create table t(id int primary key, a text collate c1);
--
create collation c1 (provider = icu, locale = 'fr', deterministic=false);
create table t(id int primary key, a text collate c1);
comment on collation c1 is 'col';

== table row type used
create table t(id int primary key, a int);
create table u(id int primary key, r t);
create function f(t) returns int language sql as 'select $1.a';
create view v as select f(t) from t;
--
create table t(id int primary key, a bigint, b int);
create table u(id int primary key, r t);
create function f(t) returns bigint language sql as 'select $1.a';
create view v as select f(t) from t;

== a range type brings its own casts
create table t (id int);
--
create type r as range (subtype = float8);
create table t (id int, a r);
