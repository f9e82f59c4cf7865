//! Writes actions as PostgreSQL.

use sea_query::PostgresQueryBuilder;

use crate::dialect::keep;
use crate::dialect::sql::{self, Sql as Text};
use crate::model::{
    Column, ColumnType, EntityId, EntityKind, Extra, ForeignKey, GeneratedKind, Identity,
    IdentityKind, Index, MatchType, ObjectName, Sequence, SequenceOptions, Shared, Table,
    TableOptions,
};
use crate::plan::{Action, Constraint, EnumPosition, Kept, Otherwise, Rows, TRASH, Using};

use super::types::{default, literal, spell};
use super::{object, property};

type Sql = Text<PostgresQueryBuilder>;

fn start(words: &str) -> Sql {
    Text::start(PostgresQueryBuilder, words)
}

fn alter(table: &ObjectName) -> Sql {
    start("ALTER TABLE ").object(table)
}

fn alter_column(table: &ObjectName, column: &str) -> Sql {
    alter(table).raw(" ALTER COLUMN ").name(column)
}

/// The kept value of a column, over the row that it belongs to.
pub(super) fn kept_value(kept: &Kept, column: &Column, otherwise: Otherwise) -> String {
    keep::value(start(""), kept, column, Some(spell), otherwise)
}

pub(super) fn render(action: &Action) -> Vec<String> {
    let sql = match action {
        Action::Script(text) => return vec![text.clone()],
        Action::KeepRows(kept) => {
            let schema = start("CREATE SCHEMA IF NOT EXISTS ").name(TRASH).finish();
            // What is written after the copy would be lost.
            let lock = start("LOCK TABLE ").object(&kept.table.name);
            let mut statements: Vec<String> = kept.is_first.then_some(schema).into_iter().collect();
            statements.push(lock.raw(" IN ACCESS EXCLUSIVE MODE").finish());
            statements.push(keep::copy(start(""), kept, Some(spell)).finish());
            return statements;
        }
        Action::CheckRows(kept) => return keep::check(start, kept),
        Action::ReturnRows(kept) => {
            let is_counted = |column: &Shared<Column>| {
                column.identity.as_ref().is_some_and(|one| one.kind == IdentityKind::Always)
            };
            let words = if kept.table.columns.iter().any(is_counted) {
                "\nOVERRIDING SYSTEM VALUE"
            } else {
                ""
            };
            keep::give_back(start(""), kept, Some(spell), words)
        }
        Action::CreateObject(object) => return object::create(object),
        Action::DropObject(object) => return object::drop(object),
        Action::AlterObject { from, to } => return object::alter(from, to),
        Action::RenameObject { from, to } => return object::rename(from, to),
        Action::SetProperty { id, key, from, to } => {
            return object::set_property(id, key, from.as_deref(), to.as_deref());
        }
        Action::CreateNamespace(namespace) if namespace.name == "public" => return Vec::new(),
        Action::DropNamespace(name) if name == "public" => return Vec::new(),
        Action::CreateNamespace(namespace) => start("CREATE SCHEMA ").name(&namespace.name),
        Action::DropNamespace(name) => start("DROP SCHEMA ").name(name),
        Action::RenameNamespace { from, to } => {
            start("ALTER SCHEMA ").name(from).raw(" RENAME TO ").name(to)
        }
        Action::CreateEnum(enum_type) => start("CREATE TYPE ")
            .object(&enum_type.name)
            .raw(" AS ENUM ")
            .list(&enum_type.values, |sql, value| sql.raw(&literal(value))),
        Action::DropEnum(name) => start("DROP TYPE ").object(name),
        Action::RenameEnum { from, to } => return move_object("TYPE", from, to),
        Action::RenameEnumValue { name, from, to } => start("ALTER TYPE ")
            .object(name)
            .raw(" RENAME VALUE ")
            .raw(&literal(from))
            .raw(" TO ")
            .raw(&literal(to)),
        Action::AddEnumValue { name, value, position } => {
            let sql = start("ALTER TYPE ").object(name).raw(" ADD VALUE ").raw(&literal(value));
            match position {
                EnumPosition::Before(next) => sql.raw(" BEFORE ").raw(&literal(next)),
                EnumPosition::After(previous) => sql.raw(" AFTER ").raw(&literal(previous)),
                EnumPosition::Last => sql,
            }
        }
        Action::CreateSequence(sequence) => create_sequence(sequence),
        Action::DropSequence(name) => start("DROP SEQUENCE ").object(name),
        Action::RenameSequence { from, to } => return move_object("SEQUENCE", from, to),
        Action::AlterSequence { from, to } => {
            let alter = start("ALTER SEQUENCE ")
                .object(&to.name)
                .when(from.ty != to.ty, &format!(" AS {}", sequence_type(to)))
                .raw(&changed_options(&from.options, &to.options, ""));
            let name = literal(&start("").object(&to.name).finish());
            let widen = |bounds: &str| start("ALTER SEQUENCE ").object(&to.name).raw(bounds);
            let inside = into_bounds(&name, &from.options, &to.options, "", widen);
            return inside.into_iter().chain([alter.finish()]).collect();
        }
        Action::CreateTable(table) => return create_table(table),
        Action::DropTable(name) => start("DROP TABLE ").object(name),
        Action::RenameTable { from, to } => return move_object("TABLE", from, to),
        Action::AddColumn { table, column } => {
            alter(table).raw(" ADD COLUMN ").raw(&column_definition(column))
        }
        Action::DropColumn { table, column } => alter(table).raw(" DROP COLUMN ").name(column),
        Action::RenameColumn { table, from, to } => {
            alter(table).raw(" RENAME COLUMN ").name(from).raw(" TO ").name(to)
        }
        Action::SetType { table, column, ty, collation, using } => alter_column(table, column)
            .raw(" TYPE ")
            .raw(&spell(ty))
            .maybe(collation.as_ref(), |sql, collation| sql.raw(" COLLATE ").collation(collation))
            .maybe(using.as_ref(), |sql, using| {
                sql.raw("\n    USING ").raw(&using_clause(column, ty, using))
            }),
        Action::SetDefault { table, column, default: value, .. } => {
            alter_column(table, column).raw(" SET DEFAULT ").raw(&default(value))
        }
        Action::DropDefault { table, column } => alter_column(table, column).raw(" DROP DEFAULT"),
        Action::SetNotNull { table, column } => alter_column(table, column).raw(" SET NOT NULL"),
        Action::DropNotNull { table, column } => alter_column(table, column).raw(" DROP NOT NULL"),
        Action::AddIdentity { table, column, ty, identity } => {
            return add_identity(table, column, ty, identity);
        }
        Action::AlterIdentity { table, column, from, to } => {
            let sql = alter_column(table, column);
            let kind = if from.kind == to.kind { "" } else { kind_word(to.kind) };
            let sql = if kind.is_empty() { sql } else { sql.raw(" SET GENERATED ").raw(kind) };
            let alter = sql.raw(&changed_options(&from.options, &to.options, "SET "));
            let name = start("pg_get_serial_sequence(")
                .literal(&start("").object(table).finish())
                .raw(", ")
                .literal(column)
                .raw(")")
                .finish();
            let widen = |bounds: &str| alter_column(table, column).raw(bounds);
            let inside = into_bounds(&name, &from.options, &to.options, "SET ", widen);
            return inside.into_iter().chain([alter.finish()]).collect();
        }
        Action::DropIdentity { table, column, identity } => {
            return vec![drop_identity(table, column, identity)];
        }
        Action::AdvanceSequence { table, column, sequence, options } => {
            advance_sequence(table, column, sequence.as_ref(), options)
        }
        Action::DropExpression { table, column } => {
            alter_column(table, column).raw(" DROP EXPRESSION")
        }
        Action::AddConstraint { table, constraint: added } => {
            alter(table).raw("\n    ADD ").raw(&constraint(added))
        }
        Action::DropConstraint { table, name, kind: _ } => {
            alter(table).raw(" DROP CONSTRAINT ").name(name)
        }
        Action::RenameConstraint { table, from, to, kind: _ } => {
            alter(table).raw(" RENAME CONSTRAINT ").name(from).raw(" TO ").name(to)
        }
        Action::CreateIndex { table, index } => create_index(table, index),
        Action::DropIndex { table, index } => {
            start(if index.is_concurrent { "DROP INDEX CONCURRENTLY " } else { "DROP INDEX " })
                .object(&table.with_name(&index.name.text))
        }
        Action::RenameIndex { table, from, to } => {
            start("ALTER INDEX ").object(&table.with_name(from)).raw(" RENAME TO ").name(to)
        }
        Action::SetComment { entity, comment } => comment_on(entity)
            .raw(" IS ")
            .raw(&comment.as_ref().map_or_else(|| "NULL".to_owned(), |comment| literal(comment))),
        Action::SetTableOptions { table, from, to } => return set_parents(table, from, to),
        Action::Update { table, column, value, rows, has_deferred } => {
            let sql =
                start("UPDATE ").object(table).raw(" SET ").name(column).raw(" = ").value(value);
            let sql = match rows {
                Rows::All => sql,
                Rows::Null => sql.raw(" WHERE ").name(column).raw(" IS NULL"),
                Rows::Equal(text) => sql.raw(" WHERE ").name(column).raw(" = ").literal(text),
            };
            // A table with checks that wait for the end of the transaction cannot be altered before.
            let mut statements = vec![sql.finish()];
            statements.extend(has_deferred.then(|| "SET CONSTRAINTS ALL IMMEDIATE".to_owned()));
            return statements;
        }
        // `plan` does not emit these for a dialect that alters one property at a time.
        Action::Rebuild(_) | Action::ModifyColumn { .. } | Action::ReplacePrimaryKey { .. } => {
            return Vec::new();
        }
    };
    vec![sql.finish()]
}

/// Renames something or moves it to another namespace. `plan` asks for one at a time.
fn move_object(word: &str, from: &ObjectName, to: &ObjectName) -> Vec<String> {
    let mut statements = Vec::new();
    let mut current = from.clone();
    if from.schema != to.schema {
        let schema = to.schema.as_deref().unwrap_or("public");
        statements.push(
            start("ALTER ")
                .raw(word)
                .raw(" ")
                .object(from)
                .raw(" SET SCHEMA ")
                .name(schema)
                .finish(),
        );
        current.schema.clone_from(&to.schema);
    }
    if from.name != to.name {
        statements.push(
            start("ALTER ")
                .raw(word)
                .raw(" ")
                .object(&current)
                .raw(" RENAME TO ")
                .name(&to.name)
                .finish(),
        );
    }
    statements
}

fn sequence_type(sequence: &Sequence) -> String {
    sequence.ty.as_ref().map_or_else(|| "bigint".to_owned(), spell)
}

fn create_sequence(sequence: &Sequence) -> Sql {
    start("CREATE ")
        .when(sequence.extra.properties.contains_key("unlogged"), "UNLOGGED ")
        .raw("SEQUENCE ")
        .object(&sequence.name)
        .maybe(sequence.ty.as_ref(), |sql, ty| sql.raw(" AS ").raw(&spell(ty)))
        .raw(&options(&sequence.options))
}

fn options(options: &SequenceOptions) -> String {
    changed_options(&SequenceOptions::default(), options, "")
}

/// Moves the last number of a sequence between new bounds, which it would stop otherwise.
fn into_bounds(
    name: &str,
    from: &SequenceOptions,
    to: &SequenceOptions,
    set: &str,
    widen: impl Fn(&str) -> Sql,
) -> Vec<String> {
    let is_narrower =
        (to.min.is_some() && to.min != from.min) || (to.max.is_some() && to.max != from.max);
    if !is_narrower {
        return Vec::new();
    }
    // The number has to be in the old bounds when it is set, and in the new ones when those are.
    let mut wide = String::new();
    let mut bound = |word: &str,
                     from: Option<i64>,
                     to: Option<i64>,
                     is_wider: fn(i64, i64) -> bool| match (from, to) {
        (Some(_), None) => wide.push_str(&format!(" {set}NO {word}")),
        (Some(from), Some(to)) if is_wider(from, to) => {
            wide.push_str(&format!(" {set}{word} {to}"));
        }
        _ => {}
    };
    bound("MINVALUE", from.min, to.min, |from, to| to < from);
    bound("MAXVALUE", from.max, to.max, |from, to| to > from);
    let widened = (!wide.is_empty()).then(|| widen(&wide).finish());
    let last = format!("pg_sequence_last_value({name}::regclass)");
    let is_ascending = to.increment.is_none_or(|increment| increment > 0);
    let first = if is_ascending { to.min.unwrap_or(1) } else { to.max.unwrap_or(-1) };
    let first = to.start.unwrap_or(first);
    let mut value = format!("COALESCE({last}, {first})");
    if let Some(min) = to.min {
        value = format!("GREATEST({value}, {min})");
    }
    if let Some(max) = to.max {
        value = format!("LEAST({value}, {max})");
    }
    let set = format!("SELECT setval({name}, {value}, {last} IS NOT NULL)");
    widened.into_iter().chain([set]).collect()
}

/// The options that differ, each with a space before it. What is no longer said goes back to its default.
fn changed_options(from: &SequenceOptions, to: &SequenceOptions, set: &str) -> String {
    let mut text = String::new();
    let mut number = |word: &str, from: Option<i64>, to: Option<i64>, default: &str| {
        if from != to {
            let value = to.map_or_else(|| default.to_owned(), |to| format!("{word} {to}"));
            text.push_str(&format!(" {set}{value}"));
        }
    };
    number("INCREMENT BY", from.increment, to.increment, "INCREMENT BY 1");
    number("MINVALUE", from.min, to.min, "NO MINVALUE");
    number("MAXVALUE", from.max, to.max, "NO MAXVALUE");
    // Where nothing is said, a sequence starts at its bound.
    let first = |options: &SequenceOptions| {
        if options.increment.is_none_or(|increment| increment > 0) {
            options.min.unwrap_or(1)
        } else {
            options.max.unwrap_or(-1)
        }
    };
    let start_of = |options: &SequenceOptions| options.start.unwrap_or(first(options));
    let is_new = *from == SequenceOptions::default();
    if start_of(from) != start_of(to) && (!is_new || to.start.is_some()) || from.start != to.start {
        let start = start_of(to);
        number("START WITH", None, Some(start), "");
    }
    number("CACHE", from.cache, to.cache, "CACHE 1");
    if from.cycle != to.cycle {
        text.push_str(&format!(" {set}{}", if to.cycle { "CYCLE" } else { "NO CYCLE" }));
    }
    text
}

fn create_table(table: &Table) -> Vec<String> {
    // What a parent gives is not said again.
    let is_own = |extra: &Extra| !extra.is_inherited || extra.properties.contains_key("local");
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .filter(|column| is_own(&column.extra))
        .map(|column| column_definition(column))
        .collect();
    let mut constraints: Vec<Constraint> =
        table.primary_key.iter().cloned().map(Constraint::PrimaryKey).collect();
    constraints.extend(table.uniques.values().cloned().map(Constraint::Unique));
    constraints.extend(table.checks.values().cloned().map(Constraint::Check));
    constraints.extend(table.foreign_keys.values().cloned().map(Constraint::ForeignKey));
    constraints.retain(|constraint| is_own(constraint_extra(constraint)));
    // CREATE TABLE takes no NOT VALID.
    let (late, inline): (Vec<Constraint>, Vec<Constraint>) = constraints
        .into_iter()
        .partition(|constraint| constraint_extra(constraint).properties.contains_key("not_valid"));
    parts.extend(inline.iter().map(constraint));
    let options = &table.options;
    let properties = &options.extra.properties;
    let head = start("CREATE ")
        .when(properties.contains_key("unlogged"), "UNLOGGED ")
        .raw("TABLE ")
        .object(&table.name)
        .maybe(options.partition_of.as_ref(), |sql, of| {
            sql.raw(" PARTITION OF ").object(&of.parent)
        });
    let mut tail = start("");
    if let Some(of) = &options.partition_of {
        tail = tail.raw(" ").raw(&of.bound);
    }
    for (at, parent) in options.inherits.iter().enumerate() {
        tail = tail.raw(if at == 0 { " INHERITS (" } else { ", " }).object(parent);
    }
    let tail = tail.when(!options.inherits.is_empty(), ")");
    let tail = tail
        .maybe(options.partition_by.as_ref(), |sql, by| sql.raw(" PARTITION BY ").raw(by))
        .maybe(properties.get("access_method"), |sql, method| sql.raw(" USING ").name(method))
        .raw(&property::with(&options.extra))
        .maybe(properties.get("tablespace"), |sql, space| sql.raw(" TABLESPACE ").name(space))
        .finish();
    let text = if parts.is_empty() && options.partition_of.is_some() {
        format!("{}{tail}", head.finish())
    } else if parts.is_empty() {
        format!("{} (){tail}", head.finish())
    } else {
        sql::layout(&head.finish(), &parts, &tail)
    };
    let mut statements = vec![text];
    statements.extend(
        late.iter()
            .map(|late| alter(&table.name).raw("\n    ADD ").raw(&constraint(late)).finish()),
    );
    statements.extend(
        properties.get("of_type").map(|ty| alter(&table.name).raw(" OF ").raw(ty).finish()),
    );
    statements
}

/// Attaches, detaches, inherits and no longer inherits.
fn set_parents(table: &ObjectName, from: &TableOptions, to: &TableOptions) -> Vec<String> {
    let mut statements = Vec::new();
    if from.partition_of != to.partition_of {
        if let Some(of) = &from.partition_of {
            statements.push(alter(&of.parent).raw(" DETACH PARTITION ").object(table).finish());
        }
        if let Some(of) = &to.partition_of {
            statements.push(
                alter(&of.parent)
                    .raw(" ATTACH PARTITION ")
                    .object(table)
                    .raw(" ")
                    .raw(&of.bound)
                    .finish(),
            );
        }
    }
    for parent in from.inherits.iter().filter(|parent| !to.inherits.contains(parent)) {
        statements.push(alter(table).raw(" NO INHERIT ").object(parent).finish());
    }
    for parent in to.inherits.iter().filter(|parent| !from.inherits.contains(parent)) {
        statements.push(alter(table).raw(" INHERIT ").object(parent).finish());
    }
    statements
}

fn constraint_extra(constraint: &Constraint) -> &Extra {
    match constraint {
        Constraint::PrimaryKey(key) => &key.extra,
        Constraint::Unique(unique) => &unique.extra,
        Constraint::ForeignKey(key) => &key.extra,
        Constraint::Check(check) => &check.extra,
    }
}

fn column_definition(column: &Column) -> String {
    let is_serial =
        column.identity.as_ref().is_some_and(|identity| identity.kind == IdentityKind::Serial);
    let ty = match spell(&column.ty).as_str() {
        "smallint" if is_serial => "smallserial".to_owned(),
        "integer" if is_serial => "serial".to_owned(),
        "bigint" if is_serial => "bigserial".to_owned(),
        other => other.to_owned(),
    };
    start("")
        .name(&column.name)
        .raw(" ")
        .raw(&ty)
        .maybe(column.collation.as_ref(), |sql, collation| {
            sql.raw(" COLLATE ").collation(collation)
        })
        .maybe(column.identity.as_ref().filter(|_| !is_serial), |sql, identity| {
            sql.raw(&generated_as(identity, column.extra.properties.get("identity_sequence")))
        })
        .maybe(column.generated.as_ref(), |sql, generated| {
            let kind = match generated.kind {
                GeneratedKind::Stored => ") STORED",
                GeneratedKind::Virtual => ") VIRTUAL",
            };
            sql.raw(" GENERATED ALWAYS AS (").raw(&generated.expression).raw(kind)
        })
        .maybe(column.default.as_ref(), |sql, value| sql.raw(" DEFAULT ").raw(&default(value)))
        .when(!column.is_nullable, " NOT NULL")
        .finish()
}

fn kind_word(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Always => "ALWAYS",
        IdentityKind::ByDefault | IdentityKind::AutoIncrement | IdentityKind::Serial => {
            "BY DEFAULT"
        }
    }
}

fn generated_as(identity: &Identity, sequence: Option<&String>) -> String {
    let sequence = sequence.and_then(|name| name.parse::<ObjectName>().ok());
    let name = sequence.map(|name| start(" SEQUENCE NAME ").object(&name).finish());
    let options = format!("{}{}", name.unwrap_or_default(), options(&identity.options));
    let options = if options.is_empty() { options } else { format!(" ({})", options.trim_start()) };
    format!(" GENERATED {} AS IDENTITY{options}", kind_word(identity.kind))
}

/// How a value becomes one of another type. An enum value goes by its text.
fn using_clause(column: &str, ty: &ColumnType, using: &Using) -> String {
    let name = start("").name(column).finish();
    let target = spell(ty);
    match using {
        Using::Sql(sql) => sql.clone(),
        Using::Cast => format!("{name}::{target}"),
        Using::Through(between) => format!("{name}::{}::{target}", spell(between)),
        Using::Values(mapping) if matches!(ty, ColumnType::Array(_)) => {
            let text = start("").raw(&name).raw("::text[]");
            let replaced = mapping.iter().fold(text, |sql, (from, to)| {
                let inner = sql.finish();
                start("array_replace(")
                    .raw(&inner)
                    .raw(", ")
                    .literal(from)
                    .raw(", ")
                    .literal(to)
                    .raw(")")
            });
            format!("{}::{target}", replaced.finish())
        }
        Using::Values(mapping) if mapping.is_empty() => format!("{name}::text::{target}"),
        Using::Values(mapping) => {
            let cases =
                mapping.iter().fold(start("CASE ").raw(&name).raw("::text"), |sql, (from, to)| {
                    sql.raw(" WHEN ").literal(from).raw(" THEN ").literal(to)
                });
            format!("({} ELSE {name}::text END)::{target}", cases.finish())
        }
    }
}

/// Goes past the numbers that are there; where none is past the first one, the sequence starts as it says.
fn advance_sequence(
    table: &ObjectName,
    column: &str,
    sequence: Option<&ObjectName>,
    options: &SequenceOptions,
) -> Sql {
    let is_descending = options.increment.is_some_and(|increment| increment < 0);
    let (last, sign, further, first) = if is_descending {
        ("min(", " <= ", "least(", options.max.unwrap_or(-1))
    } else {
        ("max(", " >= ", "greatest(", options.min.unwrap_or(1))
    };
    let sql = match sequence {
        None => start("SELECT setval(pg_get_serial_sequence(")
            .literal(&start("").object(table).finish())
            .raw(", ")
            .literal(column)
            .raw("), ")
            .raw(last)
            .name(column)
            .raw(")"),
        // Others may take numbers from it, too.
        Some(sequence) => start("SELECT setval(")
            .literal(&start("").object(sequence).finish())
            .raw(", ")
            .raw(further)
            .raw(last)
            .name(column)
            .raw("), (SELECT last_value FROM ")
            .object(sequence)
            .raw("))"),
    };
    sql.raw(")\nFROM ")
        .object(table)
        .raw(" HAVING ")
        .raw(last)
        .name(column)
        .raw(")")
        .raw(sign)
        .raw(&options.start.unwrap_or(first).to_string())
}

fn add_identity(
    table: &ObjectName,
    column: &str,
    ty: &ColumnType,
    identity: &Identity,
) -> Vec<String> {
    if identity.kind != IdentityKind::Serial {
        return vec![
            alter_column(table, column).raw(" ADD").raw(&generated_as(identity, None)).finish(),
        ];
    }
    let sequence = table.with_name(format!("{}_{column}_seq", table.name));
    let regclass = literal(&start("").object(&sequence).finish());
    vec![
        start("CREATE SEQUENCE ")
            .object(&sequence)
            .when(*ty != ColumnType::big_integer(), &format!(" AS {}", spell(ty)))
            .finish(),
        alter_column(table, column).raw(" SET DEFAULT nextval(").raw(&regclass).raw(")").finish(),
        start("ALTER SEQUENCE ")
            .object(&sequence)
            .raw(" OWNED BY ")
            .object(table)
            .raw(".")
            .name(column)
            .finish(),
    ]
}

fn drop_identity(table: &ObjectName, column: &str, identity: &Identity) -> String {
    if identity.kind != IdentityKind::Serial {
        return alter_column(table, column).raw(" DROP IDENTITY").finish();
    }
    // The sequence keeps its first name when the table or the column is renamed, so only the server knows what it is called now.
    let table_text = literal(&start("").object(table).finish());
    let drop_default = alter_column(table, column).raw(" DROP DEFAULT").finish();
    format!(
        "DO $dbkit$\nDECLARE\n    owned text := pg_get_serial_sequence({table_text}, {});\nBEGIN\n    {drop_default};\n    EXECUTE 'DROP SEQUENCE ' || owned;\nEND\n$dbkit$",
        literal(column)
    )
}

fn constraint(constraint: &Constraint) -> String {
    let named = |name: &str| start("CONSTRAINT ").name(name).raw(" ");
    match constraint {
        Constraint::PrimaryKey(key) => index_tail(
            key_columns(named(&key.name.text).raw("PRIMARY KEY "), &key.columns, key.is_temporal),
            &key.include,
            &key.extra,
        )
        .deferrable(key.deferrable),
        Constraint::Unique(unique) => index_tail(
            key_columns(
                named(&unique.name.text)
                    .raw("UNIQUE ")
                    .when(unique.nulls_not_distinct, "NULLS NOT DISTINCT "),
                &unique.columns,
                unique.is_temporal,
            ),
            &unique.include,
            &unique.extra,
        )
        .deferrable(unique.deferrable),
        Constraint::Check(check) => {
            named(&check.name.text).check(check).when(check.is_no_inherit, " NO INHERIT")
        }
        Constraint::ForeignKey(key) => foreign_key(named(&key.name.text), key),
    }
    .maybe(state(constraint_extra(constraint)), |sql, state| sql.raw(state))
    .finish()
}

/// Whether rows are held against it.
fn state(extra: &Extra) -> Option<&'static str> {
    if extra.properties.contains_key("not_enforced") {
        Some(" NOT ENFORCED")
    } else if extra.properties.contains_key("not_valid") {
        Some(" NOT VALID")
    } else {
        None
    }
}

fn key_columns(sql: Sql, columns: &[String], is_temporal: bool) -> Sql {
    let last = columns.len().saturating_sub(1);
    sql.list(columns.iter().enumerate(), |sql, (at, column)| {
        sql.name(column).when(is_temporal && at == last, " WITHOUT OVERLAPS")
    })
}

/// What a constraint says of the index behind it.
fn index_tail(sql: Sql, include: &[String], extra: &Extra) -> Sql {
    sql.maybe(Some(include).filter(|include| !include.is_empty()), |sql, include| {
        sql.raw(" INCLUDE ").names(include)
    })
    .raw(&property::with(extra))
    .maybe(extra.properties.get("tablespace"), |sql, space| {
        sql.raw(" USING INDEX TABLESPACE ").name(space)
    })
}

fn foreign_key(sql: Sql, key: &ForeignKey) -> Sql {
    let plain = key.set_columns.is_empty() && !key.is_temporal;
    if plain {
        return sql.foreign_key(key);
    }
    let columns = |sql: Sql, columns: &[String]| {
        let last = columns.len().saturating_sub(1);
        sql.list(columns.iter().enumerate(), |sql, (at, column)| {
            sql.when(key.is_temporal && at == last, "PERIOD ").name(column)
        })
    };
    let sql =
        columns(sql.raw("FOREIGN KEY "), &key.columns).raw(" REFERENCES ").object(&key.references);
    columns(sql.raw(" "), &key.referenced_columns)
        .when(key.match_type == MatchType::Full, " MATCH FULL")
        .maybe(sql::action(key.on_delete), |sql, action| sql.raw(" ON DELETE ").raw(action))
        .maybe(Some(&key.set_columns).filter(|names| !names.is_empty()), |sql, names| {
            sql.raw(" ").names(names)
        })
        .maybe(sql::action(key.on_update), |sql, action| sql.raw(" ON UPDATE ").raw(action))
        .deferrable(key.deferrable)
}

fn create_index(table: &ObjectName, index: &Index) -> Sql {
    let mut with: Vec<(String, &str)> =
        index.with.iter().map(|(key, value)| (format!("with:{key}"), value.as_str())).collect();
    index.extra.order.sort(&mut with, |(key, _)| key);
    start("CREATE ")
        .when(index.is_unique, "UNIQUE ")
        .raw("INDEX ")
        .when(index.is_concurrent, "CONCURRENTLY ")
        .name(&index.name.text)
        .raw(" ON ")
        .object(table)
        .maybe(index.method.as_ref(), |sql, method| sql.raw(" USING ").raw(method))
        .raw(" ")
        .list(&index.parts, Text::index_part)
        .when(!index.include.is_empty(), " INCLUDE ")
        .maybe(Some(&index.include).filter(|include| !include.is_empty()), |sql, include| {
            sql.names(include)
        })
        .when(index.nulls_not_distinct, " NULLS NOT DISTINCT")
        .maybe(Some(&with).filter(|with| !with.is_empty()), |sql, with| {
            sql.raw(" WITH ").list(with, |sql, (key, value)| {
                sql.raw(key.trim_start_matches("with:")).raw(" = ").raw(value)
            })
        })
        .maybe(index.extra.properties.get("tablespace"), |sql, space| {
            sql.raw(" TABLESPACE ").name(space)
        })
        .maybe(index.predicate.as_ref(), |sql, predicate| sql.raw(" WHERE ").raw(predicate))
}

fn comment_on(entity: &EntityId) -> Sql {
    let member = entity.member.as_deref().unwrap_or_default();
    match entity.kind {
        EntityKind::Namespace => start("COMMENT ON SCHEMA ").name(&entity.object.name),
        EntityKind::Enum | EntityKind::EnumValue => {
            start("COMMENT ON TYPE ").object(&entity.object)
        }
        EntityKind::Sequence => start("COMMENT ON SEQUENCE ").object(&entity.object),
        EntityKind::Table => start("COMMENT ON TABLE ").object(&entity.object),
        EntityKind::Column => {
            start("COMMENT ON COLUMN ").object(&entity.object).raw(".").name(member)
        }
        EntityKind::Index => start("COMMENT ON INDEX ").object(&entity.object.with_name(member)),
        // The comments of everything else are properties.
        _ => start("COMMENT ON CONSTRAINT ").name(member).raw(" ON ").object(&entity.object),
    }
}
