== view-chain under column type
create table t(id int primary key, a int, b text);
create view v1 as select id, a from t;
create view v2 as select id, a+1 as a1 from v1;
create materialized view m as select a1, count(*) n from v2 group by 1;
create unique index m_i on m(a1);
comment on view v1 is 'one'; comment on column v1.a is 'col a'; comment on materialized view m is 'em'; comment on index m_i is 'ix';
grant select on v1 to r_one; grant select (a1) on v2 to r_two; grant select on m to r_one with grant option;
create function f() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr instead of insert on v1 for each row execute function f();
comment on trigger tr on v1 is 'trg';
alter view v1 alter column a set default 7;
alter view v2 set (security_barrier=true);
--
create table t(id int primary key, a bigint, b text);
create view v1 as select id, a from t;
create view v2 as select id, a+1 as a1 from v1;
create materialized view m as select a1, count(*) n from v2 group by 1;
create unique index m_i on m(a1);
comment on view v1 is 'one'; comment on column v1.a is 'col a'; comment on materialized view m is 'em'; comment on index m_i is 'ix';
grant select on v1 to r_one; grant select (a1) on v2 to r_two; grant select on m to r_one with grant option;
create function f() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr instead of insert on v1 for each row execute function f();
comment on trigger tr on v1 is 'trg';
alter view v1 alter column a set default 7;
alter view v2 set (security_barrier=true);

== view options
create table t(id int primary key, a int);
create view v as select id, a from t where a > 0;
--
create table t(id int primary key, a int);
create view v with (security_invoker=true, check_option=local) as select id, a from t where a > 0;

== view column dropped and others
create table t(id int primary key, a int, b int);
create view v as select id, a, b from t;
create view w as select * from v;
grant select on w to r_one;
--
create table t(id int primary key, a int);
create view v as select id, a from t;
create view w as select * from v;
grant select on w to r_one;

== view replaced by table
create table t(id int primary key, a int);
create view v as select id, a from t;
--
create table t(id int primary key, a int);
create table v (id int, a int);

== view replaced by matview
create table t(id int primary key, a int);
create view v as select id, a from t;
--
create table t(id int primary key, a int);
create materialized view v as select id, a from t;
create index vi on v(a);

== policy on column type
create table t(id int primary key, owner text, n int);
alter table t enable row level security;
create policy p on t for select to r_one using (n > 3);
comment on policy p on t is 'pol';
--
create table t(id int primary key, owner text, n bigint);
alter table t enable row level security;
create policy p on t for select to r_one using (n > 3);
comment on policy p on t is 'pol';

== policy change all
create table t(id int primary key, n int);
alter table t enable row level security;
create policy p on t for select to r_one using (n > 3);
create policy q on t for all using (true) with check (n > 2);
create policy r on t as restrictive for update using (n>1);
--
create table t(id int primary key, n int);
alter table t enable row level security;
alter table t force row level security;
create policy p on t for all to r_two, r_one using (n > 4) with check (n > 5);
create policy q on t for all using (true);
create policy r on t for update using (n>1);

== trigger on changed column
create table t(id int primary key, n int);
create function f() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr before update of n on t for each row when (old.n is distinct from new.n) execute function f();
alter table t disable trigger tr;
create constraint trigger ct after insert on t deferrable initially deferred for each row execute function f();
comment on trigger ct on t is 'x';
--
create table t(id int primary key, n bigint);
create function f() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr before update of n on t for each row when (old.n is distinct from new.n) execute function f();
alter table t disable trigger tr;
create constraint trigger ct after insert on t deferrable initially deferred for each row execute function f();
comment on trigger ct on t is 'x';

== trigger function recreated
create table t(id int primary key, n int);
create function f() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr before update on t for each row execute function f();
alter table t enable always trigger tr;
--
create table t(id int primary key, n int);
create function g() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr before update on t for each row execute function g();
alter table t enable replica trigger tr;

== transition tables
create table t(id int primary key, n int);
create function f() returns trigger language plpgsql as $$begin return null; end$$;
create trigger tr after update on t referencing old table as o new table as nn for each statement execute function f();
--
create table t(id int primary key, n int);
create function f() returns trigger language plpgsql as $$begin return null; end$$;
create trigger tr after insert on t referencing new table as nn for each statement execute function f();

== function in default index check generated
create function f(int) returns int immutable language sql as 'select $1';
create table t(id int primary key, a int default f(1), g int generated always as (f(id)) stored, check (f(a) > 0));
create index ti on t(f(a)); 
create view v as select f(a) from t;
grant execute on function f(int) to r_one; revoke execute on function f(int) from public; comment on function f(int) is 'eff';
--
create function f(x int) returns int immutable language sql as 'select $1+0';
create table t(id int primary key, a int default f(1), g int generated always as (f(id)) stored, check (f(a) > 0));
create index ti on t(f(a)); 
create view v as select f(a) from t;
grant execute on function f(int) to r_one; revoke execute on function f(int) from public; comment on function f(int) is 'eff';

== function return type
create function f(int) returns int immutable language sql as 'select $1';
create table t(id int primary key, a int default f(1), check (f(a) > 0));
create index ti on t(f(a)); 
create view v as select f(a) from t;
--
create function f(int) returns bigint immutable language sql as 'select $1::bigint';
create table t(id int primary key, a int default f(1), check (f(a) > 0));
create index ti on t(f(a)); 
create view v as select f(a) from t;

== function default removed
create function f(a int, b int default 2) returns int language sql as 'select a+b';
--
create function f(a int, b int) returns int language sql as 'select a+b';

== function overload
create function f(a int) returns int language sql as 'select a';
create function f(a text) returns int language sql as 'select 1';
--
create function f(a int) returns int language sql stable strict parallel safe cost 5 as 'select a';
create function f(a text, b int) returns int language sql security definer set search_path = public as 'select 1';

== function out params
create function f(a int, out b int, out c text) language sql as $$select a, 'x'$$;
create function g() returns table(x int, y text) language sql as $$select 1, 'x'$$;
create function h(variadic z int[]) returns setof int language sql as $$select unnest(z)$$;
--
create function f(a int, out b int, out c text, out d int) language sql as $$select a, 'x', 1$$;
create function g() returns table(x int, z text) language sql as $$select 1, 'x'$$;
create function h(variadic z int[]) returns setof bigint language sql as $$select unnest(z)$$;

== sql body function
create table t(id int primary key, a int);
create function f() returns setof int begin atomic select a from t; end;
--
create table t(id int primary key, a bigint);
create function f() returns setof bigint begin atomic select a from t; end;

== procedure
create procedure p(a int) language sql as 'select 1';
comment on procedure p is 'pr'; grant execute on procedure p to r_one;
--
create procedure p(b int, inout c int) language plpgsql as 'begin c := b; end';
comment on procedure p is 'pr2';

== aggregate
create aggregate agg(int) (sfunc = int4pl, stype = int, initcond = '0');
create table t(id int primary key, a int);
create view v as select agg(a) from t;
comment on aggregate agg(int) is 'ag'; grant execute on function agg(int) to r_one;
--
create aggregate agg(int) (sfunc = int4pl, stype = int, initcond = '1', parallel = safe);
create table t(id int primary key, a int);
create view v as select agg(a) from t;
comment on aggregate agg(int) is 'ag2';

== aggregate own sfunc
create function sf(int,int) returns int language sql as 'select $1+$2';
create aggregate agg(int) (sfunc = sf, stype = int, initcond = '0');
--
create function sf(int,int) returns int language sql as 'select $1*$2';
create aggregate agg2(int) (sfunc = sf, stype = int, initcond = '0');

== ordered set aggregate
create aggregate myp(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
--
create table t(a int);

== statistics
create table t(id int primary key, a int, b int);
create statistics st on a, b from t;
--
create table t(id int primary key, a bigint, b int);
create statistics st (ndistinct, dependencies) on a, b, (a+b) from t;
alter statistics st set statistics 50; comment on statistics st is 'stt';

== rules
create table t(id int primary key, a int);
create table l(id int);
create rule r as on insert to t do also insert into l values (new.id);
--
create table t(id int primary key, a int);
create table l(id bigint);
create rule r as on insert to t do also insert into l values (new.id + 1);
alter table t disable rule r; comment on rule r on t is 'rl';

== a policy asks a view over its own table
create table other (id int);
--
create table other (id int);
create table accounts (id int, owner text);
create view active as select id from accounts where owner is not null;
create policy seen on accounts using (id in (select id from active));

== a function gives back rows of a view
create view v as select 1 as id;
create materialized view m as select 1 as id;
create function f() returns setof v language sql as 'select 1';
create function g() returns setof m language sql as 'select 1';
--
create table t (id int);

== a function in a check goes with its table
create table other (id int);
--
create table other (id int);
create function is_mail(text) returns bool immutable language sql as 'select $1 like ''%@%''';
create table t (mail text check (is_mail(mail)));
create index t_mail on t ((is_mail(mail)));
