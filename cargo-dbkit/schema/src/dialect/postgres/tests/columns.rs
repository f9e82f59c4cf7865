//! Columns: types, defaults, NULL, numbers given by the database.

use crate::dialect::postgres::Postgres;
use crate::dialect::testing::{migrations, unindent};

#[test]
fn a_type_of_the_same_family_leaves_everything_else_alone() {
    let before = "
        table users
          id integer identity
          name varchar(10) = 'x'
          pk users_pkey(id)
          check users_check(name <> '')
        table s
          user_id integer
          fk s_user_fkey(user_id) -> users(id)
    ";
    let after = "
        table users
          id bigint identity
          name text = 'x'
          pk users_pkey(id)
          check users_check(name <> '')
        table s
          user_id bigint
          fk s_user_fkey(user_id) -> users(id)
    ";
    let hints = "";
    let expected = r#"
        == up
        ALTER TABLE "s" ALTER COLUMN "user_id" TYPE bigint;

        ALTER TABLE "users" ALTER COLUMN "id" TYPE bigint;

        ALTER TABLE "users" ALTER COLUMN "name" TYPE text;
        == down
        -- Values of `s.user_id` that do not fit the new type make it fail.
        ALTER TABLE "s" ALTER COLUMN "user_id" TYPE integer;

        -- Values of `users.id` that do not fit the new type make it fail.
        ALTER TABLE "users" ALTER COLUMN "id" TYPE integer;

        -- Values of `users.name` that do not fit the new type make it fail.
        ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(10);
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}

#[test]
fn a_type_changes_through_foreign_keys_checks_defaults_and_indexes() {
    let before = "
        table users
          id integer
          pk users_pkey(id)
          index users_index({id + 1}) # odd
        table s
          user_id integer = 1
          fk s_user_fkey(user_id) -> users(id) on delete cascade
    ";
    let after = "
        table users
          id text
          pk users_pkey(id)
          index users_index({id || 'x'}) # odd
        table s
          user_id text = '1'
          fk s_user_fkey(user_id) -> users(id) on delete cascade
    ";
    let hints = "";
    let expected = r#"
        == up
        ALTER TABLE "s" DROP CONSTRAINT "s_user_fkey";

        DROP INDEX "users_index";

        ALTER TABLE "s" ALTER COLUMN "user_id" DROP DEFAULT;

        ALTER TABLE "s" ALTER COLUMN "user_id" TYPE text
            USING "user_id"::text;

        ALTER TABLE "s" ALTER COLUMN "user_id" SET DEFAULT '1';

        ALTER TABLE "users" ALTER COLUMN "id" TYPE text
            USING "id"::text;

        ALTER TABLE "s"
            ADD CONSTRAINT "s_user_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE;

        CREATE INDEX "users_index" ON "users" ((id || 'x'));

        COMMENT ON INDEX "users_index" IS 'odd';
        == down
        ALTER TABLE "s" DROP CONSTRAINT "s_user_fkey";

        DROP INDEX "users_index";

        ALTER TABLE "s" ALTER COLUMN "user_id" DROP DEFAULT;

        -- Values of `s.user_id` that do not fit the new type make it fail.
        ALTER TABLE "s" ALTER COLUMN "user_id" TYPE integer
            USING "user_id"::integer;

        ALTER TABLE "s" ALTER COLUMN "user_id" SET DEFAULT 1;

        -- Values of `users.id` that do not fit the new type make it fail.
        ALTER TABLE "users" ALTER COLUMN "id" TYPE integer
            USING "id"::integer;

        ALTER TABLE "s"
            ADD CONSTRAINT "s_user_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE;

        CREATE INDEX "users_index" ON "users" ((id + 1));

        COMMENT ON INDEX "users_index" IS 'odd';
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}

#[test]
fn generated_columns_are_made_anew_around_a_change() {
    let before = "
        table t
          a integer
          b integer? generated(a * 2) # double
          c integer? generated(a + 1)
          d integer
          index t_b_index(b) # fast
    ";
    let after = "
        table t
          a numeric(20,2)
          b integer? generated(a * 2) # double
          c integer?
          d integer? generated(a + 3)
          index t_b_index(b) # fast
    ";
    let hints = "";
    let expected = r#"
        ? `t.d` becomes a generated column, so the values that it has are lost [DBK0401, data-loss:t.d]
        == up
        DROP INDEX "t_b_index";

        ALTER TABLE "t" DROP COLUMN "b";

        ALTER TABLE "t" ALTER COLUMN "c" DROP EXPRESSION;

        ALTER TABLE "t" ALTER COLUMN "a" TYPE numeric(20, 2);

        ALTER TABLE "t" DROP COLUMN "d";

        ALTER TABLE "t" ADD COLUMN "b" integer GENERATED ALWAYS AS (a * 2) STORED;

        ALTER TABLE "t" ADD COLUMN "d" integer GENERATED ALWAYS AS (a + 3) STORED;

        CREATE INDEX "t_b_index" ON "t" ("b");

        COMMENT ON INDEX "t_b_index" IS 'fast';

        COMMENT ON COLUMN "t"."b" IS 'double';
        == down
        -- dbkit: irreversible
        -- Does not bring back the data of t.d.

        DROP INDEX "t_b_index";

        ALTER TABLE "t" DROP COLUMN "b";

        ALTER TABLE "t" DROP COLUMN "c";

        ALTER TABLE "t" ALTER COLUMN "d" DROP EXPRESSION;

        ALTER TABLE "t" ALTER COLUMN "a" TYPE integer
            USING "a"::integer;

        -- Rows with NULL in `t.d` make it fail.
        ALTER TABLE "t" ALTER COLUMN "d" SET NOT NULL;

        ALTER TABLE "t" ADD COLUMN "b" integer GENERATED ALWAYS AS (a * 2) STORED;

        ALTER TABLE "t" ADD COLUMN "c" integer GENERATED ALWAYS AS (a + 1) STORED;

        CREATE INDEX "t_b_index" ON "t" ("b");

        COMMENT ON INDEX "t_b_index" IS 'fast';

        COMMENT ON COLUMN "t"."b" IS 'double';
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}

#[test]
fn numbers_go_on_after_those_that_are_there() {
    let before = "
        table a
          id integer serial
        table b
          id integer
        table c
          id bigint identity
    ";
    let after = "
        table a
          id integer identity
        table b
          id integer always
        table c
          id bigint serial
    ";
    let hints = "";
    let expected = r#"
        == up
        DO $dbkit$
        DECLARE
            owned text := pg_get_serial_sequence('"a"', 'id');
        BEGIN
            ALTER TABLE "a" ALTER COLUMN "id" DROP DEFAULT;
            EXECUTE 'DROP SEQUENCE ' || owned;
        END
        $dbkit$;

        ALTER TABLE "a" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY;

        -- The next number comes after those that are there.
        SELECT setval(pg_get_serial_sequence('"a"', 'id'), max("id"))
        FROM "a" HAVING max("id") >= 1;

        ALTER TABLE "b" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY;

        -- The next number comes after those that are there.
        SELECT setval(pg_get_serial_sequence('"b"', 'id'), max("id"))
        FROM "b" HAVING max("id") >= 1;

        ALTER TABLE "c" ALTER COLUMN "id" DROP IDENTITY;

        CREATE SEQUENCE "c_id_seq";

        ALTER TABLE "c" ALTER COLUMN "id" SET DEFAULT nextval('"c_id_seq"');

        ALTER SEQUENCE "c_id_seq" OWNED BY "c"."id";

        -- The next number comes after those that are there.
        SELECT setval(pg_get_serial_sequence('"c"', 'id'), max("id"))
        FROM "c" HAVING max("id") >= 1;
        == down
        ALTER TABLE "a" ALTER COLUMN "id" DROP IDENTITY;

        CREATE SEQUENCE "a_id_seq" AS integer;

        ALTER TABLE "a" ALTER COLUMN "id" SET DEFAULT nextval('"a_id_seq"');

        ALTER SEQUENCE "a_id_seq" OWNED BY "a"."id";

        -- The next number comes after those that are there.
        SELECT setval(pg_get_serial_sequence('"a"', 'id'), max("id"))
        FROM "a" HAVING max("id") >= 1;

        ALTER TABLE "b" ALTER COLUMN "id" DROP IDENTITY;

        DO $dbkit$
        DECLARE
            owned text := pg_get_serial_sequence('"c"', 'id');
        BEGIN
            ALTER TABLE "c" ALTER COLUMN "id" DROP DEFAULT;
            EXECUTE 'DROP SEQUENCE ' || owned;
        END
        $dbkit$;

        ALTER TABLE "c" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY;

        -- The next number comes after those that are there.
        SELECT setval(pg_get_serial_sequence('"c"', 'id'), max("id"))
        FROM "c" HAVING max("id") >= 1;
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}

#[test]
fn rows_with_null_get_the_default_or_what_was_said() {
    let before = "
        table o
          id integer
          pk o_pkey(id)
        table t
          a text?
          b integer?
          c integer?
          fk t_b_fkey(b) -> o(id) deferred
    ";
    let after = "
        table o
          id integer
          pk o_pkey(id)
        table t
          a text = 'x'
          b integer
          c integer
          fk t_b_fkey(b) -> o(id) deferred
    ";
    let hints = "
        backfill t.b = 1
    ";
    let expected = r#"
        ? `t.c` becomes required, and nothing says what rows with NULL get [DBK0403, not-null:t.c]
        == up
        ALTER TABLE "t" ALTER COLUMN "a" SET DEFAULT 'x';

        UPDATE "t" SET "a" = 'x' WHERE "a" IS NULL;

        SET CONSTRAINTS ALL IMMEDIATE;

        ALTER TABLE "t" ALTER COLUMN "a" SET NOT NULL;

        UPDATE "t" SET "b" = 1 WHERE "b" IS NULL;

        SET CONSTRAINTS ALL IMMEDIATE;

        ALTER TABLE "t" ALTER COLUMN "b" SET NOT NULL;

        ALTER TABLE "t" ALTER COLUMN "c" SET NOT NULL;
        == down
        ALTER TABLE "t" ALTER COLUMN "a" DROP DEFAULT;

        ALTER TABLE "t" ALTER COLUMN "a" DROP NOT NULL;

        ALTER TABLE "t" ALTER COLUMN "b" DROP NOT NULL;

        ALTER TABLE "t" ALTER COLUMN "c" DROP NOT NULL;
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}

#[test]
fn a_required_column_needs_a_value_and_one_that_comes_back_is_empty() {
    let before = "
        table p
          full_name text
    ";
    let after = "
        table p
          first text
          last text
          age integer
    ";
    let hints = "
        backfill p.first = split_part(full_name, ' ', 1)
        backfill p.last = split_part(full_name, ' ', 2)
    ";
    let expected = r#"
        ? `p.age` is required, but existing rows have no value for it [DBK0402, required:p.age]
        ? dropping `p.full_name` deletes its data [DBK0401, data-loss:p.full_name]
        == up
        ALTER TABLE "p" ADD COLUMN "first" text;

        UPDATE "p" SET "first" = split_part(full_name, ' ', 1);

        ALTER TABLE "p" ALTER COLUMN "first" SET NOT NULL;

        ALTER TABLE "p" ADD COLUMN "last" text;

        UPDATE "p" SET "last" = split_part(full_name, ' ', 2);

        ALTER TABLE "p" ALTER COLUMN "last" SET NOT NULL;

        ALTER TABLE "p" ADD COLUMN "age" integer NOT NULL;

        ALTER TABLE "p" DROP COLUMN "full_name";
        == down
        -- dbkit: irreversible
        -- Does not bring back the data of p.full_name.

        ALTER TABLE "p" ADD COLUMN "full_name" text;

        -- What was in `p.full_name` is gone; rows that exist get an empty value.
        UPDATE "p" SET "full_name" = '';

        ALTER TABLE "p" ALTER COLUMN "full_name" SET NOT NULL;

        ALTER TABLE "p" DROP COLUMN "first";

        ALTER TABLE "p" DROP COLUMN "last";

        ALTER TABLE "p" DROP COLUMN "age";
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}

#[test]
fn the_way_back_says_what_may_stop_it() {
    let before = "
        table t
          a text
          b varchar(20)
    ";
    let after = "
        table t
          a text?
          b varchar(10)
          unique t_a_key(a)
    ";
    let hints = "";
    let expected = r#"
        ? `t.b` goes from `varchar(20)` to `varchar(10)`: values may be cut off, or not fit and stop the migration [DBK0401, data-loss:t.b]
        == up
        ALTER TABLE "t" ALTER COLUMN "a" DROP NOT NULL;

        ALTER TABLE "t" ALTER COLUMN "b" TYPE varchar(10);

        ALTER TABLE "t"
            ADD CONSTRAINT "t_a_key" UNIQUE ("a");
        == down
        ALTER TABLE "t" DROP CONSTRAINT "t_a_key";

        -- Rows with NULL in `t.a` make it fail.
        ALTER TABLE "t" ALTER COLUMN "a" SET NOT NULL;

        ALTER TABLE "t" ALTER COLUMN "b" TYPE varchar(20);
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}

#[test]
fn casts_that_nobody_knows_are_decisions() {
    let before = "
        table t
          a boolean
          b text
          c integer
          d text?
    ";
    let after = "
        table t
          a integer
          b bigint
          c text
          d text
    ";
    let hints = "
        using t.b = length(b)
    ";
    let expected = r#"
        ? `t.a` goes from `boolean` to `integer`, and no cast between them is known to keep the values [DBK0404, cast:t.a]
        ? `t.d` becomes required, and nothing says what rows with NULL get [DBK0403, not-null:t.d]
        == up
        ALTER TABLE "t" ALTER COLUMN "a" TYPE integer
            USING "a"::integer;

        ALTER TABLE "t" ALTER COLUMN "b" TYPE bigint
            USING length(b);

        ALTER TABLE "t" ALTER COLUMN "c" TYPE text
            USING "c"::text;

        ALTER TABLE "t" ALTER COLUMN "d" SET NOT NULL;
        == down
        -- Values of `t.a` that do not fit the new type make it fail.
        ALTER TABLE "t" ALTER COLUMN "a" TYPE boolean
            USING "a"::boolean;

        ALTER TABLE "t" ALTER COLUMN "b" TYPE text
            USING "b"::text;

        -- Values of `t.c` that do not fit the new type make it fail.
        ALTER TABLE "t" ALTER COLUMN "c" TYPE integer
            USING "c"::integer;

        ALTER TABLE "t" ALTER COLUMN "d" DROP NOT NULL;
    "#;
    assert_eq!(migrations(&Postgres, before, after, hints), unindent(expected));
}
