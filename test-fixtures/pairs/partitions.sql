== partition sub
create table p(id int, d date, r text) partition by list (r);
create table pa partition of p for values in ('a','b') partition by range (d);
create table pa1 partition of pa for values from ('2020-01-01') to ('2021-01-01');
--
create table p(id int, d date, r text, x int default 3) partition by list (r);
create table pa partition of p for values in ('a','b','c') partition by range (d);
create table pa1 partition of pa for values from ('2020-01-01') to ('2021-01-01');
create table pa2 partition of pa default;
create index on p(x);

== partition own extras
create table p(id int, d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
--
create table p(id int not null, d date) partition by range (d);
create table p1 partition of p (id default 4, constraint own check (id > 0)) for values from ('2020-01-01') to ('2021-01-01');
create index own_i on p1(id);
comment on table p1 is 'part'; grant select on p1 to r_one;
create function f() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr before insert on p for each row execute function f();
create trigger tr1 after insert on p1 for each row execute function f();

== fk to partitioned
create table p(id int primary key, d date) partition by range (id);
create table p1 partition of p for values from (1) to (10);
create table c(id int primary key, pid int);
--
create table p(id int primary key, d date) partition by range (id);
create table p1 partition of p for values from (1) to (10);
create table c(id int primary key, pid int references p on delete cascade);

== fk from partitioned
create table p(id int primary key);
create table c(id int, pid int) partition by range (id);
create table c1 partition of c for values from (1) to (10);
--
create table p(id int primary key);
create table c(id int, pid int references p) partition by range (id);
create table c1 partition of c for values from (1) to (10);

== inheritance
create table p(id int, a int check (a > 0));
create table c(extra text) inherits (p);
--
create table p(id int, a int check (a > 1), b text default 'x');
create table c(extra text, more int) inherits (p);

== partition everything
create table p(id int, d date, k text) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 partition of p for values from ('2021-01-01') to ('2022-01-01');
create table pd partition of p default;
create index pi on p(k);
alter table p add primary key (id, d);
--
create table p(id int, d date, k text) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-07-01');
create table p2 partition of p for values from ('2021-07-01') to ('2022-01-01');
create table p3 partition of p for values from ('2022-01-01') to ('2023-01-01');
create index pi on p(k, id);
alter table p add primary key (d, id);

== partition attach detach
create table p(id int, d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table q1 (id int, d date);
create index pix on p(id);
--
create table p(id int, d date) partition by range (d);
create table p1 (id int, d date);
create table q1 partition of p for values from ('2021-01-01') to ('2022-01-01');
create index pix on p(id);

== partition hash
create table p(id int, d date) partition by hash (id);
create table p0 partition of p for values with (modulus 2, remainder 0);
create table p1 partition of p for values with (modulus 2, remainder 1);
--
create table p(id int, d date) partition by hash (id);
create table p0 partition of p for values with (modulus 3, remainder 0);
create table p1 partition of p for values with (modulus 3, remainder 1);
create table p2 partition of p for values with (modulus 3, remainder 2);

== how a table is partitioned refused: cannot be changed in place
create table p (id int, d date) partition by range (d);
--
create table p (id int, d date) partition by range (id);

== a table leaves its parent, which gets a column
create table p (id int, d date) partition by range (d);
create table a partition of p for values from ('2020-01-01') to ('2021-01-01');
create table b partition of p for values from ('2021-01-01') to ('2022-01-01');
create table c (id int, d date);
alter table p add constraint positive check (id > 0);
create index p_id on p (id);
--
create table p (id int, d date, note text) partition by range (d);
create table a (id int, d date);
create table b partition of p for values from ('2021-01-01') to ('2022-01-01');
create table c partition of p for values from ('2022-01-01') to ('2023-01-01');
alter table p add constraint positive check (id > 1);
create index p_note on p (note);

== a check that is not validated, before and after partitions
create table p(a int, b int) partition by range (a);
--
create table p(a int, b int) partition by range (a);
create table p1 partition of p for values from (0) to (10);
alter table p add constraint pc check (b > 0) not valid;

== a check that is not validated in any partition
create table other(a int);
--
create table other(a int);
create table p(a int, b int) partition by range (a);
create table p1 partition of p for values from (0) to (10);
create table p2 partition of p for values from (10) to (20);
alter table p add constraint pc check (b > 0) not valid;

== a check that is validated in the partition that came after it
create table other(a int);
--
create table other(a int);
create table p(a int, b int) partition by range (a);
alter table p add constraint pc check (b > 0) not valid;
create table p1 partition of p for values from (0) to (10);

== an index is no longer attached refused: cannot be detached
create table p(a int, b int) partition by range (a);
create table p1 partition of p for values from (0) to (10);
create index p_b on only p(b);
create index p1_b on p1(b);
alter index p_b attach partition p1_b;
--
create table p(a int, b int) partition by range (a);
create table p1 partition of p for values from (0) to (10);
create index p_b on only p(b);
create index p1_b on p1(b);
