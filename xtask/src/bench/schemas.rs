//! Schemas of T tables x 10 columns, each with 2 indexes, 1 foreign key, 1 unique and 1 check: as Rust, and as the peer's TypeScript.

use std::fmt::Write as _;

/// The same schema with one column more in the first table, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    First,
    OneColumnMore,
}

/// `#[derive(Table)]` structs.
pub(super) fn rust(tables: usize, edition: Edition) -> String {
    let mut text = String::from("use dbkit::Table;\nuse time::OffsetDateTime;\n");
    for table in 0..tables {
        let parent = table.saturating_sub(1);
        let more = if table == 0 && edition == Edition::OneColumnMore {
            "    pub extra: Option<String>,\n"
        } else {
            ""
        };
        let _ = write!(
            text,
            "
#[derive(Table, Debug, Clone)]
#[dbkit(table = \"table_{table}\", index(on(kind, desc(amount))), check(\"table_{table}_rank\", \"rank >= 0\"))]
pub struct Table{table} {{
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(references(Table{parent}::id, on_delete(cascade)))]
    pub parent_id: Option<i64>,
    #[dbkit(varchar(100), unique)]
    pub code: String,
    #[dbkit(varchar(200))]
    pub title: String,
    pub kind: i32,
    #[dbkit(index)]
    pub amount: i64,
    #[dbkit(default(0))]
    pub rank: i32,
    #[dbkit(default(true))]
    pub active: bool,
    pub body: Option<String>,
    #[dbkit(default(now))]
    pub created_at: OffsetDateTime,
{more}}}
"
        );
    }
    text
}

/// The peer's schema file for a dialect.
pub(super) fn drizzle(tables: usize, edition: Edition, dialect: &str) -> String {
    let is_postgres = dialect == "postgres";
    let mut text = String::from("import { sql } from 'drizzle-orm';\n");
    text.push_str(if is_postgres {
        "import { pgTable, bigint, varchar, integer, boolean, text, timestamp, index, check } from 'drizzle-orm/pg-core';\n"
    } else {
        "import { sqliteTable, integer, text, index, check } from 'drizzle-orm/sqlite-core';\n"
    });
    for table in 0..tables {
        let parent = table.saturating_sub(1);
        let any = if is_postgres {
            "import('drizzle-orm/pg-core').AnyPgColumn"
        } else {
            "import('drizzle-orm/sqlite-core').AnySQLiteColumn"
        };
        let more = if table == 0 && edition == Edition::OneColumnMore {
            "  extra: text('extra'),\n"
        } else {
            ""
        };
        let columns = if is_postgres {
            format!(
                "  id: bigint('id', {{ mode: 'number' }}).primaryKey().generatedByDefaultAsIdentity(),
  parentId: bigint('parent_id', {{ mode: 'number' }}).references((): {any} => table{parent}.id, {{ onDelete: 'cascade' }}),
  code: varchar('code', {{ length: 100 }}).notNull().unique(),
  title: varchar('title', {{ length: 200 }}).notNull(),
  kind: integer('kind').notNull(),
  amount: bigint('amount', {{ mode: 'number' }}).notNull(),
  rank: integer('rank').notNull().default(0),
  active: boolean('active').notNull().default(true),
  body: text('body'),
  createdAt: timestamp('created_at', {{ withTimezone: true }}).notNull().defaultNow(),
"
            )
        } else {
            format!(
                "  id: integer('id').primaryKey(),
  parentId: integer('parent_id').references((): {any} => table{parent}.id, {{ onDelete: 'cascade' }}),
  code: text('code', {{ length: 100 }}).notNull().unique(),
  title: text('title', {{ length: 200 }}).notNull(),
  kind: integer('kind').notNull(),
  amount: integer('amount').notNull(),
  rank: integer('rank').notNull().default(0),
  active: integer('active', {{ mode: 'boolean' }}).notNull().default(true),
  body: text('body'),
  createdAt: text('created_at').notNull().default(sql`CURRENT_TIMESTAMP`),
"
            )
        };
        let function = if is_postgres { "pgTable" } else { "sqliteTable" };
        let _ = write!(
            text,
            "
export const table{table} = {function}('table_{table}', {{
{columns}{more}}}, (t) => [
  index('table_{table}_kind_amount_idx').on(t.kind, t.amount),
  index('table_{table}_amount_idx').on(t.amount),
  check('table_{table}_rank', sql`${{t.rank}} >= 0`),
]);
"
        );
    }
    text
}
