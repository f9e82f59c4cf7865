//! How PostgreSQL makes, drops and changes what is kept as its own text, and sets properties of anything.

mod access;
mod alteration;
mod carry;
mod composite;
mod property;
mod subscription;

use sea_query::PostgresQueryBuilder;

use crate::dialect::postgres::property::{with, written};
use crate::dialect::sql::Sql as Text;
use crate::model::{EntityId, EntityKind, Object, ObjectName};

pub(super) use self::alteration::alteration;
pub(super) use self::carry::{carry, carry_rows};
pub(super) use self::property::{forgets, is_inline, set_property};

type Sql = Text<PostgresQueryBuilder>;

fn start(words: &str) -> Sql {
    Text::start(PostgresQueryBuilder, words)
}

fn is_routine(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate)
}

/// The words that name a kind in `DROP`, `ALTER` and `COMMENT ON`.
fn word(kind: EntityKind) -> String {
    match kind {
        EntityKind::CompositeType | EntityKind::RangeType | EntityKind::Enum => "TYPE".to_owned(),
        EntityKind::ForeignServer => "SERVER".to_owned(),
        EntityKind::Namespace => "SCHEMA".to_owned(),
        EntityKind::Exclusion
        | EntityKind::PrimaryKey
        | EntityKind::Unique
        | EntityKind::ForeignKey
        | EntityKind::Check => "CONSTRAINT".to_owned(),
        other => other.word().to_uppercase(),
    }
}

/// Kind and name of an object, as `DROP` and `COMMENT ON` take them.
fn named(sql: Sql, id: &EntityId) -> Sql {
    let sql = sql.raw(&word(id.kind)).raw(" ");
    match (&id.member, id.kind) {
        (Some(arguments), kind) if is_routine(kind) => {
            sql.object(&id.object).raw("(").raw(arguments).raw(")")
        }
        (Some(name), EntityKind::Index) => sql.object(&id.object.with_name(name)),
        (Some(column), EntityKind::Column) => sql.object(&id.object).raw(".").name(column),
        (Some(role), EntityKind::UserMapping) => {
            sql.raw("FOR ").raw(&role_name(role)).raw(" SERVER ").name(&id.object.name)
        }
        (Some(operands), EntityKind::Operator) => {
            let schema = id.object.schema.as_deref().unwrap_or("public");
            sql.name(schema).raw(".").raw(&id.object.name).raw(&format!(" ({operands})"))
        }
        (Some(method), EntityKind::OperatorFamily | EntityKind::OperatorClass) => {
            sql.object(&id.object).raw(" USING ").name(method)
        }
        (None, EntityKind::Cast) => sql.raw(&format!("({})", id.object.name)),
        (Some(member), _) => sql.name(member).raw(" ON ").object(&id.object),
        (None, EntityKind::Namespace) => sql.name(&id.object.name),
        (None, _) => sql.object(&id.object),
    }
}

/// A role; everybody is one.
fn role_name(role: &str) -> String {
    if role.eq_ignore_ascii_case("public") {
        "PUBLIC".to_owned()
    } else {
        start("").name(role).finish()
    }
}

/// The relation that a trigger, policy or rule belongs to, as `ALTER TABLE` takes it: it takes views as well.
fn alter_owner(owner: &ObjectName) -> Sql {
    start("ALTER TABLE ").object(owner)
}

/// The properties of an object that begin with some words, without them, in the order in which they were written.
fn properties_of<'a>(
    object: &'a Object,
    prefix: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    written(&object.extra, prefix).into_iter()
}

/// `OPTIONS (..)`, if there are any.
fn options(object: &Object) -> String {
    let options: Vec<String> = properties_of(object, "option:")
        .map(|(key, value)| start("").name(key).raw(" ").literal(value).finish())
        .collect();
    if options.is_empty() { String::new() } else { format!(" OPTIONS ({})", options.join(", ")) }
}

pub(super) fn create(object: &Object) -> Vec<String> {
    let text = &object.definition;
    vec![match object.id.kind {
        // Its grants are all there is of it.
        EntityKind::DefaultPrivileges => return Vec::new(),
        EntityKind::Domain => return domain(object),
        // The family, then what stands loose in it.
        EntityKind::OperatorFamily => return text.split(";\n").map(str::to_owned).collect(),
        EntityKind::View => view(object, "CREATE VIEW "),
        EntityKind::MaterializedView => materialized_view(object),
        EntityKind::ForeignDataWrapper | EntityKind::ForeignTable | EntityKind::UserMapping => {
            format!("{text}{}", options(object))
        }
        EntityKind::ForeignServer => server(object),
        EntityKind::Publication => publication(object),
        EntityKind::Subscription => subscription::create(object),
        _ => text.clone(),
    }]
}

fn domain(object: &Object) -> Vec<String> {
    let mut text = object.definition.clone();
    if let Some(default) = object.extra.properties.get("default") {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if object.extra.properties.contains_key("not_null") {
        text.push_str(" NOT NULL");
    }
    let mut late = Vec::new();
    for (name, check) in properties_of(object, "check:") {
        // NOT VALID has no place in CREATE DOMAIN.
        if check.ends_with("NOT VALID") {
            late.push(
                start("ALTER DOMAIN ")
                    .object(&object.id.object)
                    .raw(" ADD CONSTRAINT ")
                    .name(name)
                    .raw(" ")
                    .raw(check)
                    .finish(),
            );
        } else {
            text.push_str(&start("\n    CONSTRAINT ").name(name).raw(" ").raw(check).finish());
        }
    }
    std::iter::once(text).chain(late).collect()
}

/// A view with its options: CREATE OR REPLACE puts those in place of the old ones.
fn view(object: &Object, head: &str) -> String {
    let rest = object.definition.strip_prefix("CREATE VIEW ").unwrap_or(&object.definition);
    let options = with(&object.extra);
    match rest.split_once(" AS\n") {
        Some((name, body)) if !options.is_empty() => format!("{head}{name}{options} AS\n{body}"),
        _ => format!("{head}{rest}"),
    }
}

fn materialized_view(object: &Object) -> String {
    let properties = &object.extra.properties;
    let Some((head, body)) = object.definition.split_once(" AS\n") else {
        return object.definition.clone();
    };
    let mut text = head.to_owned();
    if let Some(method) = properties.get("access_method") {
        text.push_str(&start(" USING ").name(method).finish());
    }
    text.push_str(&with(&object.extra));
    if let Some(tablespace) = properties.get("tablespace") {
        text.push_str(&start(" TABLESPACE ").name(tablespace).finish());
    }
    format!("{text} AS\n{body}")
}

fn server(object: &Object) -> String {
    let mut text = object.definition.clone();
    if let Some(version) = object.extra.properties.get("version") {
        let version = start(" VERSION ").literal(version).finish();
        text =
            text.replacen(" FOREIGN DATA WRAPPER ", &format!("{version} FOREIGN DATA WRAPPER "), 1);
    }
    format!("{text}{}", options(object))
}

fn publication(object: &Object) -> String {
    let mut text = object.definition.clone();
    let tables: Vec<String> = properties_of(object, "table:")
        .map(|(table, rest)| format!("TABLE {table}{rest}"))
        .collect();
    let schemas = properties_of(object, "schema:")
        .map(|(schema, _)| start("TABLES IN SCHEMA ").name(schema).finish());
    let members: Vec<String> = tables.into_iter().chain(schemas).collect();
    if !members.is_empty() {
        text.push_str(&format!(" FOR {}", members.join(", ")));
    }
    let options: Vec<String> = ["publish", "publish_via_partition_root"]
        .into_iter()
        .filter_map(|key| {
            let value = object.extra.properties.get(key)?;
            Some(start(key).raw(" = ").literal(value).finish())
        })
        .collect();
    if options.is_empty() { text } else { format!("{text} WITH ({})", options.join(", ")) }
}

pub(super) fn drop(object: &Object) -> Vec<String> {
    let id = &object.id;
    match id.kind {
        EntityKind::DefaultPrivileges => object
            .extra
            .properties
            .iter()
            .flat_map(|(key, value)| access::set(id, key, Some(value), None))
            .collect(),
        EntityKind::Subscription => subscription::drop(object),
        EntityKind::Exclusion => {
            let name = id.member.as_deref().unwrap_or_default();
            vec![alter_owner(&id.object).raw(" DROP CONSTRAINT ").name(name).finish()]
        }
        _ => vec![named(start("DROP "), id).finish()],
    }
}

/// Renames something or moves it to another namespace. `plan` asks for one at a time.
pub(super) fn rename(from: &EntityId, to: &EntityId) -> Vec<String> {
    if from.object.schema != to.object.schema {
        let schema = to.object.schema.as_deref().unwrap_or("public");
        return vec![named(start("ALTER "), from).raw(" SET SCHEMA ").name(schema).finish()];
    }
    let new = match &to.member {
        Some(name) if to.kind.is_member() => name,
        _ => &to.object.name,
    };
    let sql = match (&from.member, from.kind) {
        (Some(name), EntityKind::Exclusion) => {
            alter_owner(&from.object).raw(" RENAME CONSTRAINT ").name(name)
        }
        _ => named(start("ALTER "), from).raw(" RENAME"),
    };
    vec![sql.raw(" TO ").name(new).finish()]
}

pub(super) fn alter(from: &Object, to: &Object) -> Vec<String> {
    let text = &to.definition;
    vec![match to.id.kind {
        EntityKind::View => view(to, "CREATE OR REPLACE VIEW "),
        EntityKind::CompositeType => return composite::alter(from, to),
        EntityKind::Extension => return alteration::extension(to),
        EntityKind::Rule => text.replacen("CREATE RULE", "CREATE OR REPLACE RULE", 1),
        EntityKind::Policy => return alteration::policy(to),
        EntityKind::Function | EntityKind::Procedure if text.starts_with("CREATE FUNCTION") => {
            text.replacen("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
        }
        EntityKind::Function | EntityKind::Procedure if text.starts_with("CREATE PROCEDURE") => {
            text.replacen("CREATE PROCEDURE", "CREATE OR REPLACE PROCEDURE", 1)
        }
        _ => text.clone(),
    }]
}
