//! What a database's catalog says, as sorted text: equal for equal schemas, whatever the order in which things were made.

use std::collections::BTreeSet;
use std::path::Path;

use crate::server::{mariadb_client, postgres_client};

/// A connection of the tests' own, independent of dbkit's drivers.
pub enum Client {
    /// SQLite.
    Sqlite(rusqlite::Connection),
    /// PostgreSQL.
    Postgres(Box<postgres::Client>),
    /// MariaDB.
    MariaDb(Box<mysql::Conn>),
}

impl Client {
    /// Opens `sqlite:PATH`, or a URL of [`Database::url`](crate::server::Database::url).
    ///
    /// # Panics
    /// If that does not work: a test cannot go on.
    pub fn open(url: &str) -> Self {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Self::Sqlite(
                rusqlite::Connection::open(path).unwrap_or_else(|error| panic!("{url}: {error}")),
            );
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let name = base.rsplit('/').next().unwrap_or_default();
        let socket = query.split_once('=').map_or("", |(_, value)| value);
        if url.starts_with("postgres") {
            Self::Postgres(Box::new(
                postgres_client(Path::new(socket), name)
                    .unwrap_or_else(|error| panic!("{url}: {error}")),
            ))
        } else {
            Self::MariaDb(Box::new(
                mariadb_client(Path::new(socket), name)
                    .unwrap_or_else(|error| panic!("{url}: {error}")),
            ))
        }
    }

    /// Rows as `a|b` lines; NULL is nothing.
    ///
    /// # Errors
    /// What the database says.
    pub fn query(&mut self, sql: &str) -> Result<String, String> {
        let line = |cells: Vec<String>| cells.join("|");
        let lines: Vec<String> = match self {
            Self::Sqlite(client) => {
                let mut statement = client.prepare(sql).map_err(|error| error.to_string())?;
                let count = statement.column_count();
                let mut rows = statement.query([]).map_err(|error| error.to_string())?;
                let mut lines = Vec::new();
                while let Some(row) = rows.next().map_err(|error| error.to_string())? {
                    lines.push(line(
                        (0..count)
                            .map(|at| row.get_ref(at).map(sqlite_text).unwrap_or_default())
                            .collect(),
                    ));
                }
                lines
            }
            Self::Postgres(client) => {
                let messages = client.simple_query(sql).map_err(|error| full(&error))?;
                messages
                    .iter()
                    .filter_map(|message| match message {
                        postgres::SimpleQueryMessage::Row(row) => Some(line(
                            (0..row.len())
                                .map(|at| row.get(at).unwrap_or_default().to_owned())
                                .collect(),
                        )),
                        _ => None,
                    })
                    .collect()
            }
            Self::MariaDb(client) => {
                use mysql::prelude::Queryable as _;
                let rows: Vec<mysql::Row> = client.query(sql).map_err(|error| error.to_string())?;
                rows.into_iter()
                    .map(|row| line(row.unwrap().into_iter().map(mysql_text).collect()))
                    .collect()
            }
        };
        Ok(lines.join("\n"))
    }

    /// Executes a script.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(client) => client.execute_batch(sql).map_err(|error| error.to_string()),
            Self::Postgres(client) => client.batch_execute(sql).map_err(|error| full(&error)),
            Self::MariaDb(client) => {
                use mysql::prelude::Queryable as _;
                sql.split(";\n")
                    .map(str::trim)
                    .filter(|sql| !sql.is_empty())
                    .flat_map(|sql| sql.split("; "))
                    .try_for_each(|sql| {
                        client
                            .query_drop(sql.trim_end_matches(';'))
                            .map_err(|error| error.to_string())
                    })
            }
        }
    }

    /// Everything in the catalog, sorted. dbkit's own history table is none of it.
    ///
    /// # Panics
    /// If the catalog cannot be read.
    pub fn catalog(&mut self) -> String {
        let mut lines: BTreeSet<String> = BTreeSet::new();
        let queries: &[(&str, &str)] = match self {
            Self::Sqlite(client) => return sqlite_catalog(client),
            Self::Postgres(_) => &POSTGRES,
            Self::MariaDb(_) => &MARIADB,
        };
        for (kind, sql) in queries {
            let text = self.query(sql).unwrap_or_else(|error| panic!("{kind}: {error}"));
            lines.extend(
                text.lines()
                    .filter(|line| !line.contains("_dbkit_migrations"))
                    .map(|line| format!("{kind} {line}")),
            );
        }
        if let Self::MariaDb(_) = self {
            let sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'SEQUENCE'";
            let names = self.query(sql).unwrap_or_else(|error| panic!("sequences: {error}"));
            for name in names.lines() {
                let sql = format!("SHOW CREATE SEQUENCE `{}`", name.replace('`', "``"));
                lines.insert(self.query(&sql).unwrap_or_else(|error| panic!("{name}: {error}")));
            }
        }
        without_stand_ins(&mut lines);
        lines.into_iter().collect::<Vec<_>>().join("\n")
    }
}

/// MariaDB makes an index for a foreign key that has none, and takes it away when another one leads with its columns; one that was made by
/// hand in its place stays. Whether there is one beside the other is no difference.
fn without_stand_ins(lines: &mut BTreeSet<String>) {
    let keys: BTreeSet<String> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("foreign key "))
        .filter_map(|line| {
            let mut words = line.split('|');
            Some(format!("index {}|{}|1|", words.next()?, words.next()?))
        })
        .collect();
    let columns = |line: &str| line.split('|').nth(3).unwrap_or_default().to_owned();
    let is_beside = |line: &&String| {
        let Some(start) = keys.iter().find(|start| line.starts_with(start.as_str())) else {
            return false;
        };
        let table = start.split('|').next().unwrap_or_default();
        let own = columns(line);
        lines.iter().any(|other| {
            other != *line
                && other.starts_with(&format!("{table}|"))
                && columns(other).starts_with(&own)
        })
    };
    let found: Vec<String> = lines.iter().filter(is_beside).cloned().collect();
    for line in found {
        lines.remove(&line);
    }
}

fn full(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

fn sqlite_text(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    }
}

fn mysql_text(value: mysql::Value) -> String {
    match value {
        mysql::Value::NULL => String::new(),
        mysql::Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => other.as_sql(true).trim_matches('\'').to_owned(),
    }
}

const POSTGRES: [(&str, &str); 9] = [
    (
        "schema",
        "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
    ),
    (
        "table",
        "SELECT c.oid::regclass, c.relkind, c.relpersistence, obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
    ),
    (
        "column",
        "SELECT c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, \
         pg_get_expr(d.adbin, d.adrelid), CASE WHEN a.attcollation <> t.typcollation THEN (SELECT collname FROM pg_collation WHERE oid = a.attcollation) END, \
         col_description(c.oid, a.attnum) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid \
         JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
    ),
    (
        "constraint",
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') FROM pg_constraint \
         WHERE conrelid <> 0 AND contype <> 'n' AND connamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')",
    ),
    (
        "index",
        "SELECT i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), i.indisvalid, obj_description(i.indexrelid, 'pg_class') FROM pg_index i \
         JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
    ),
    (
        "enum",
        "SELECT t.oid::regtype, string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder), max(obj_description(t.oid, 'pg_type')) \
         FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.oid",
    ),
    (
        "sequence",
        "SELECT s.seqrelid::regclass, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, \
         (SELECT d.refobjid::regclass || '.' || a.attname FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
         WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i') LIMIT 1), obj_description(s.seqrelid, 'pg_class') FROM pg_sequence s",
    ),
    (
        "trigger",
        "SELECT tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ),
    (
        "view",
        "SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'",
    ),
];

const MARIADB: [(&str, &str); 5] = [
    (
        "table",
        "SELECT table_name, engine, table_collation, table_comment FROM information_schema.tables WHERE table_schema = database()",
    ),
    (
        "column",
        "SELECT table_name, column_name, column_type, is_nullable, replace(column_default, concat('`', database(), '`.'), ''), extra, character_set_name, collation_name, column_comment, generation_expression \
         FROM information_schema.columns WHERE table_schema = database()",
    ),
    (
        "index",
        "SELECT table_name, index_name, non_unique, group_concat(concat(column_name, ifnull(concat('(', sub_part, ')'), ''), ' ', ifnull(collation, '')) ORDER BY seq_in_index), \
         max(index_type), max(index_comment) FROM information_schema.statistics WHERE table_schema = database() GROUP BY table_name, index_name, non_unique",
    ),
    (
        "foreign key",
        "SELECT r.table_name, r.constraint_name, group_concat(k.column_name ORDER BY k.ordinal_position), r.referenced_table_name, \
         group_concat(k.referenced_column_name ORDER BY k.ordinal_position), replace(r.delete_rule, 'NO ACTION', 'RESTRICT'), replace(r.update_rule, 'NO ACTION', 'RESTRICT') \
         FROM information_schema.referential_constraints r JOIN information_schema.key_column_usage k ON k.constraint_schema = r.constraint_schema \
         AND k.constraint_name = r.constraint_name AND k.table_name = r.table_name WHERE r.constraint_schema = database() \
         GROUP BY r.table_name, r.constraint_name, r.referenced_table_name, r.delete_rule, r.update_rule",
    ),
    (
        "check",
        "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = database()",
    ),
];

fn sqlite_catalog(client: &rusqlite::Connection) -> String {
    let query = |sql: &str| -> Vec<Vec<String>> {
        let read = || -> rusqlite::Result<Vec<Vec<String>>> {
            let mut statement = client.prepare(sql)?;
            let count = statement.column_count();
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(
                    (0..count)
                        .map(|at| row.get_ref(at).map(sqlite_text))
                        .collect::<Result<_, _>>()?,
                );
            }
            Ok(found)
        };
        read().unwrap_or_else(|error| panic!("{sql}: {error}"))
    };
    let mut lines: BTreeSet<String> = BTreeSet::new();
    let objects = query(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE '\\_dbkit\\_migrations%' ESCAPE '\\'",
    );
    for object in objects {
        let [kind, name, table, sql] = &object[..] else { continue };
        match kind.as_str() {
            "table" => {
                let quoted = name.replace('\'', "''");
                for row in query(&format!(
                    "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo('{quoted}')"
                )) {
                    lines.insert(format!("column {name} {}", row.join("|")));
                }
                let mut keys: Vec<String> = query(&format!(
                    "SELECT group_concat(\"from\" || '>' || coalesce(\"to\", ''), ','), \"table\", on_update, on_delete FROM (SELECT * FROM pragma_foreign_key_list('{quoted}') ORDER BY id, seq) GROUP BY id"
                ))
                .into_iter()
                .map(|row| format!("foreign key {name} {}", row.join("|")))
                .collect();
                keys.sort();
                lines.extend(keys);
                for row in query(&format!(
                    "SELECT name, \"unique\", origin, partial FROM pragma_index_list('{quoted}')"
                )) {
                    let index = row[0].replace('\'', "''");
                    let columns: Vec<String> = query(&format!("SELECT name, desc, coll FROM pragma_index_xinfo('{index}') WHERE key ORDER BY seqno"))
                        .into_iter()
                        .map(|row| row.join(" "))
                        .collect();
                    let shown = if row[2] == "c" { row[0].as_str() } else { "-" };
                    lines.insert(format!(
                        "index {name} {shown}|{}|{}",
                        row[1..].join("|"),
                        columns.join(", ")
                    ));
                }
                lines.extend(
                    clauses(sql).into_iter().map(|clause| format!("clause {name} {clause}")),
                );
            }
            // The name of the table may be quoted or not after a rename.
            "index" => {
                let from = sql.find('(').unwrap_or(0);
                lines.insert(format!("indexed {table} {name} {}", words(&sql[from..]).join(" ")));
            }
            _ => {
                lines.insert(format!("{kind} {name} {}", words(sql).join(" ")));
            }
        }
    }
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

/// What the pragmas do not tell: constraint names, checks, generated expressions, collations, table options.
fn clauses(sql: &str) -> Vec<String> {
    let words = words(sql);
    let mut found = Vec::new();
    let group = |start: usize| {
        let mut depth = 0;
        let mut text = Vec::new();
        for word in &words[start..] {
            depth += i32::from(word == "(") - i32::from(word == ")");
            text.push(word.trim_matches(['"', '`', '[', ']']).to_owned());
            if depth == 0 {
                break;
            }
        }
        text.join(" ")
    };
    for (at, word) in words.iter().enumerate() {
        let next = |distance: usize| {
            words.get(at + distance).map(|word| word.trim_matches(['"', '`'])).unwrap_or_default()
        };
        match word.to_uppercase().as_str() {
            "CHECK" => found.push(format!("check {}", group(at + 1))),
            "AS" if next(1) == "(" => found.push(format!("generated {}", group(at + 1))),
            "CONSTRAINT" => {
                found.push(format!("constraint {} {}", next(1), next(2).to_uppercase()))
            }
            "COLLATE" => found.push(format!("collate {}", next(1))),
            "AUTOINCREMENT" | "STRICT" | "WITHOUT" | "DEFERRABLE" => {
                found.push(word.to_uppercase())
            }
            _ => {}
        }
    }
    found
}

fn words(sql: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            _ if letter.is_whitespace() => {}
            '\'' | '"' | '`' => {
                let mut word = letter.to_string();
                while let Some(next) = letters.next() {
                    word.push(next);
                    if next == letter {
                        match letters.next_if_eq(&letter) {
                            Some(doubled) => word.push(doubled),
                            None => break,
                        }
                    }
                }
                words.push(word);
            }
            _ if letter.is_alphanumeric() || letter == '_' => {
                let mut word = letter.to_string();
                while let Some(next) =
                    letters.next_if(|next| next.is_alphanumeric() || *next == '_')
                {
                    word.push(next);
                }
                words.push(word);
            }
            sign => words.push(sign.to_string()),
        }
    }
    words
}
