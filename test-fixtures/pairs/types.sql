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
