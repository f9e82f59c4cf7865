//! Changes in a few words, for people who look before they read the SQL.

use dbkit_schema::diff::{Change, ConstraintKind};
use dbkit_schema::model::{
    Column, DefaultValue, EntityId, EntityKind, ForeignKey, IdentityKind, Index, IndexTarget,
    ObjectName, ReferentialAction, Table,
};

/// One change in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// `+`, `-` or `~`.
    pub(crate) sign: char,
    /// `users.bio`.
    pub(crate) what: String,
    /// `text, nullable`.
    pub(crate) detail: String,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = format!("{} {:<28} {}", self.sign, self.what, self.detail);
        f.write_str(line.trim_end())
    }
}

/// One change in a few words.
pub(crate) fn line(change: &Change) -> Line {
    let member = |table: &ObjectName, name: &str| format!("{table}.{name}");
    let (sign, what, detail) = match change {
        Change::CreateNamespace(namespace) => {
            ('+', format!("schema {}", namespace.name), String::new())
        }
        Change::DropNamespace(namespace) => {
            ('-', format!("schema {}", namespace.name), String::new())
        }
        Change::RenameNamespace { from, to } => {
            ('~', format!("schema {from} -> {to}"), "rename".to_owned())
        }
        Change::AlterNamespace { to, .. } => {
            ('~', format!("schema {}", to.name), "comment".to_owned())
        }
        Change::CreateEnum(created) => {
            ('+', format!("enum {}", created.name), created.values.join(", "))
        }
        Change::DropEnum(dropped) => ('-', format!("enum {}", dropped.name), String::new()),
        Change::RenameEnum { from, to } => {
            ('~', format!("enum {from} -> {to}"), "rename".to_owned())
        }
        Change::RenameEnumValue { name, from, to } => {
            ('~', format!("enum {name}: {from} -> {to}"), "rename".to_owned())
        }
        Change::AlterEnum { from, to, .. } => {
            ('~', format!("enum {}", to.name), values(&from.values, &to.values))
        }
        Change::CreateSequence(sequence) => {
            ('+', format!("sequence {}", sequence.name), String::new())
        }
        Change::DropSequence(sequence) => {
            ('-', format!("sequence {}", sequence.name), String::new())
        }
        Change::RenameSequence { from, to } => {
            ('~', format!("sequence {from} -> {to}"), "rename".to_owned())
        }
        Change::AlterSequence { to, .. } => {
            ('~', format!("sequence {}", to.name), "options".to_owned())
        }
        Change::CreateTable(created) => ('+', created.name.to_string(), table(created)),
        Change::DropTable(dropped) => ('-', dropped.name.to_string(), "table".to_owned()),
        Change::RenameTable { from, to } => ('~', format!("{from} -> {to}"), "rename".to_owned()),
        Change::AlterTable { table, .. } => ('~', table.to_string(), "options".to_owned()),
        Change::AddColumn { table, column: added } => {
            ('+', member(table, &added.name), column(added))
        }
        Change::DropColumn { table, column } => {
            ('-', member(table, &column.name), column.ty.to_string())
        }
        Change::RenameColumn { table, from, to } => {
            ('~', format!("{table}.{from} -> {to}"), "rename".to_owned())
        }
        Change::AlterColumn { table, from, to } => {
            ('~', member(table, &to.name), altered(from, to))
        }
        Change::AddPrimaryKey { table, key } => {
            ('+', table.to_string(), format!("primary key ({})", key.columns.join(", ")))
        }
        Change::DropPrimaryKey { table, .. } => ('-', table.to_string(), "primary key".to_owned()),
        Change::AddUnique { table, unique } => {
            ('+', table.to_string(), format!("unique ({})", unique.columns.join(", ")))
        }
        Change::DropUnique { table, unique } => {
            ('-', table.to_string(), format!("unique ({})", unique.columns.join(", ")))
        }
        Change::AddForeignKey { table, key } => ('+', table.to_string(), foreign_key(key)),
        Change::DropForeignKey { table, key } => ('-', table.to_string(), foreign_key(key)),
        Change::AddCheck { table, check } => {
            ('+', table.to_string(), format!("check {}", check.name))
        }
        Change::DropCheck { table, check } => {
            ('-', table.to_string(), format!("check {}", check.name))
        }
        Change::RenameConstraint { table, kind, from, to } => {
            ('~', table.to_string(), format!("{} {from} -> {to}", constraint(*kind)))
        }
        Change::CreateIndex { table, index: created } => ('+', table.to_string(), index(created)),
        Change::DropIndex { table, index: dropped } => ('-', table.to_string(), index(dropped)),
        Change::RenameIndex { table, from, to } => {
            ('~', table.to_string(), format!("index {from} -> {to}"))
        }
        Change::AlterIndex { table, to, .. } => {
            ('~', table.to_string(), format!("properties of index {}", to.name))
        }
        Change::AlterConstraint { id, .. } => (
            '~',
            id.object.to_string(),
            format!("properties of {}", id.member.as_deref().unwrap_or_default()),
        ),
        Change::CreateObject(object) => ('+', entity(&object.id), String::new()),
        Change::DropObject(object) => ('-', entity(&object.id), String::new()),
        Change::AlterObject { from, to } if from.definition == to.definition => {
            ('~', entity(&to.id), "properties".to_owned())
        }
        Change::AlterObject { to, .. } => ('~', entity(&to.id), "definition".to_owned()),
        Change::RenameObject { from, to } => {
            ('~', format!("{} -> {to}", entity(from)), "rename".to_owned())
        }
    };
    Line { sign, what, detail }
}

/// `view active_users`, `trigger users.touch`, `function area(integer, text)`.
fn entity(id: &EntityId) -> String {
    let word = id.kind.word();
    match (&id.member, id.kind) {
        (Some(arguments), EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate) => {
            format!("{word} {}({arguments})", id.object)
        }
        _ => format!("{word} {id}"),
    }
}

fn constraint(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "primary key",
        ConstraintKind::Unique => "unique",
        ConstraintKind::ForeignKey => "foreign key",
        ConstraintKind::Check => "check",
    }
}

fn table(table: &Table) -> String {
    let mut parts = vec![crate::spelling::count(table.columns.len(), "column")];
    if !table.foreign_keys.is_empty() {
        parts.push(crate::spelling::count(table.foreign_keys.len(), "foreign key"));
    }
    match table.indexes.len() {
        0 => {}
        1 => parts.push("1 index".to_owned()),
        number => parts.push(format!("{number} indexes")),
    }
    format!("table, {}", parts.join(", "))
}

fn column(column: &Column) -> String {
    let mut words = column.ty.to_string();
    words.push_str(if column.is_nullable { ", nullable" } else { ", required" });
    if let Some(default) = &column.default {
        words.push_str(&format!(", default {}", value(default)));
    }
    if column.identity.is_some() {
        words.push_str(", identity");
    }
    if column.generated.is_some() {
        words.push_str(", generated");
    }
    words
}

fn value(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Boolean(value) => value.to_string(),
        DefaultValue::Number(number) => number.clone(),
        DefaultValue::Text(text) => format!("'{text}'"),
        DefaultValue::Now => "now".to_owned(),
        DefaultValue::Expression(sql) => sql.clone(),
    }
}

fn altered(from: &Column, to: &Column) -> String {
    let mut words = Vec::new();
    if from.ty != to.ty {
        words.push(format!("{} -> {}", from.ty, to.ty));
    }
    match (from.is_nullable, to.is_nullable) {
        (true, false) => words.push("becomes required".to_owned()),
        (false, true) => words.push("becomes nullable".to_owned()),
        _ => {}
    }
    if from.default != to.default {
        words.push(match &to.default {
            Some(default) => format!("default {}", value(default)),
            None => "no default".to_owned(),
        });
    }
    if from.identity != to.identity {
        words.push(match to.identity.as_ref().map(|identity| identity.kind) {
            None => "no identity".to_owned(),
            Some(IdentityKind::Serial) => "serial".to_owned(),
            Some(_) => "identity".to_owned(),
        });
    }
    if from.generated != to.generated {
        words.push(
            if to.generated.is_some() { "generated" } else { "no longer generated" }.to_owned(),
        );
    }
    if from.collation != to.collation || from.charset != to.charset {
        words.push("collation".to_owned());
    }
    if from.on_update != to.on_update {
        words.push("on update".to_owned());
    }
    if from.comment != to.comment {
        words.push("comment".to_owned());
    }
    words.join(", ")
}

fn values(from: &[String], to: &[String]) -> String {
    let added = to.iter().filter(|value| !from.contains(value)).map(|value| format!("+{value}"));
    let removed = from.iter().filter(|value| !to.contains(value)).map(|value| format!("-{value}"));
    let words: Vec<String> = added.chain(removed).collect();
    if words.is_empty() { "order of values".to_owned() } else { words.join(" ") }
}

fn foreign_key(key: &ForeignKey) -> String {
    let action = match key.on_delete {
        ReferentialAction::NoAction => "",
        ReferentialAction::Restrict => ", on delete restrict",
        ReferentialAction::Cascade => ", on delete cascade",
        ReferentialAction::SetNull => ", on delete set null",
        ReferentialAction::SetDefault => ", on delete set default",
    };
    format!(
        "foreign key ({}) -> {} ({}){action}",
        key.columns.join(", "),
        key.references,
        key.referenced_columns.join(", ")
    )
}

fn index(index: &Index) -> String {
    let parts: Vec<&str> = index
        .parts
        .iter()
        .map(|part| match &part.target {
            IndexTarget::Column(name) => name.as_str(),
            IndexTarget::Expression(_) => "(..)",
        })
        .collect();
    let unique = if index.is_unique { "unique index" } else { "index" };
    let partial = if index.predicate.is_some() { ", partial" } else { "" };
    format!("{unique} {} ({}){partial}", index.name, parts.join(", "))
}

#[cfg(test)]
mod tests {
    use dbkit_schema::model::ColumnType;

    use super::*;

    #[test]
    fn changes_are_said_in_a_few_words() {
        let table = ObjectName::new("users");
        let shown = |change: &Change| line(change).to_string();
        assert_eq!(
            shown(&Change::AddColumn {
                table: table.clone(),
                column: Column::new("bio", ColumnType::Text).nullable().into()
            }),
            "+ users.bio                    text, nullable"
        );
        assert_eq!(
            shown(&Change::RenameColumn {
                table: table.clone(),
                from: "name".into(),
                to: "full_name".into()
            }),
            "~ users.name -> full_name      rename"
        );
        let mut to = Column::new("age", ColumnType::big_integer());
        to.default = Some(DefaultValue::Number("0".into()));
        assert_eq!(
            shown(&Change::AlterColumn {
                table,
                from: Column::new("age", ColumnType::Text).nullable().into(),
                to: to.into()
            }),
            "~ users.age                    text -> bigint, becomes required, default 0"
        );
    }
}
