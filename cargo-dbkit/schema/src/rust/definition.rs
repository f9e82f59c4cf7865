//! Views, policies, triggers and the rest as objects of a schema: their `CREATE` statements, as the user's own words say them.
//!
//! They are compared as texts. What a database would make of a text is known only to the database; where that matters (`push`, `diff`,
//! `verify`) both sides are read back through a server.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;

use crate::model::{
    ColumnType, DefaultValue, DialectName, EntityId, EntityKind, Extra, IndexTarget, Object,
    ObjectName, Schema, Table, Uses, expression, mentioned,
};

use super::grammar::snake;
use super::item::{FieldItem, IndexItem, PartItem, RowSecurity, Spanned, TableItem};
use super::names::implicit;
use super::object_item::{
    ExcludeItem, ObjectItem, PartitionItem, PolicyItem, SqlItem, TriggerItem, ViewItem,
};
use super::problem::Problem;

/// Makes objects of items, for one dialect.
pub(crate) struct Definitions<'a> {
    pub(crate) dialect: DialectName,
    /// What is in files beside the code, by path.
    pub(crate) texts: &'a BTreeMap<String, String>,
    /// Paths that are named in the code.
    pub(crate) wanted: Vec<(String, Span)>,
    pub(crate) problems: Vec<Problem>,
}

impl Definitions<'_> {
    fn name(&self, name: &str) -> String {
        let quote = if self.dialect == DialectName::Mysql { '`' } else { '"' };
        expression::quoted(name, quote)
    }

    fn object_name(&self, name: &ObjectName) -> String {
        match &name.schema {
            Some(schema) => format!("{}.{}", self.name(schema), self.name(&name.name)),
            None => self.name(&name.name),
        }
    }

    /// A statement without a final semicolon.
    fn sql(&mut self, sql: &SqlItem) -> String {
        let text = match sql {
            SqlItem::Text(text) => text.value.clone(),
            SqlItem::File(path) => {
                self.wanted.push((path.value.clone(), path.span));
                self.texts.get(&path.value).cloned().unwrap_or_default().replace("\r\n", "\n")
            }
        };
        text.trim().trim_end_matches(';').trim_end().to_owned()
    }

    fn column(&mut self, fields: &[FieldItem], name: &str, owner: &str, span: Span) -> String {
        if let Some(field) = fields.iter().find(|field| field.rust_name.value == name) {
            return field.column_name().to_owned();
        }
        self.problems.push(
            Problem::new(span, "DBK0105", format!("`{owner}` has no column `{name}`"))
                .suggest(name, fields.iter().map(|field| field.rust_name.value.as_str()), "column")
                .label("no such field"),
        );
        name.to_owned()
    }

    fn part(&mut self, fields: &[FieldItem], owner: &str, part: &PartItem) -> String {
        let mut text = match (&part.column, &part.expression) {
            (Some(column), _) => {
                let column = self.column(fields, &column.value, owner, column.span);
                self.name(&column)
            }
            (None, Some(expression)) => format!("({expression})"),
            (None, None) => String::new(),
        };
        if let Some(collation) = &part.collation {
            text.push_str(&format!(" COLLATE {}", self.name(collation)));
        }
        if let Some(opclass) = &part.opclass {
            text.push_str(&format!(" {opclass}"));
        }
        if part.is_descending {
            text.push_str(" DESC");
        }
        text
    }

    /// The objects that stand in the attributes of a table, and its properties.
    pub(crate) fn of_table(&mut self, item: &TableItem, table: &mut Table) -> Vec<(Object, Span)> {
        let mut objects = Vec::new();
        if let Some(security) = item.rls {
            let word = match security {
                RowSecurity::Enabled => "on",
                RowSecurity::Forced => "forced",
            };
            table.options.extra.properties.insert("row_security".to_owned(), word.to_owned());
        }
        if let Some(partition) = &item.partition_by {
            table.options.partition_by = Some(self.partition_by(item, partition));
        }
        for policy in &item.policies {
            objects.push((self.policy(&table.name, policy), policy.name.span));
        }
        for trigger in &item.triggers {
            objects.extend(
                self.trigger(item, &table.name, trigger).map(|object| (object, trigger.name.span)),
            );
        }
        for exclude in &item.excludes {
            objects.push((self.exclude(item, &table.name, exclude), exclude.name.span));
        }
        objects
    }

    fn partition_by(&mut self, item: &TableItem, partition: &PartitionItem) -> String {
        if let Some(sql) = &partition.sql {
            return sql.clone();
        }
        let owner = item.rust_name.value.clone();
        let parts: Vec<String> =
            partition.parts.iter().map(|part| self.part(&item.fields, &owner, part)).collect();
        format!("{} ({})", partition.word, parts.join(", "))
    }

    fn policy(&self, table: &ObjectName, policy: &PolicyItem) -> Object {
        let mut text = format!(
            "CREATE POLICY {} ON {}",
            self.name(&policy.name.value),
            self.object_name(table)
        );
        if policy.is_restrictive {
            text.push_str(" AS RESTRICTIVE");
        }
        if let Some(command) = policy.command.as_ref().filter(|command| *command != "all") {
            text.push_str(&format!(" FOR {}", command.to_uppercase()));
        }
        if !policy.roles.is_empty() {
            let roles: Vec<String> = policy.roles.iter().map(|role| self.role(role)).collect();
            text.push_str(&format!(" TO {}", roles.join(", ")));
        }
        if let Some(using) = &policy.using {
            text.push_str(&format!("\n    USING ({using})"));
        }
        if let Some(check) = &policy.with_check {
            text.push_str(&format!("\n    WITH CHECK ({check})"));
        }
        let id = EntityId::member(EntityKind::Policy, table, policy.name.value.as_str());
        object(id, text)
    }

    fn role(&self, role: &str) -> String {
        const WORDS: [&str; 4] = ["PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"];
        match WORDS.iter().find(|word| role.eq_ignore_ascii_case(word)) {
            Some(word) => (*word).to_owned(),
            None => self.name(role),
        }
    }

    fn trigger(
        &mut self,
        item: &TableItem,
        table: &ObjectName,
        trigger: &TriggerItem,
    ) -> Option<Object> {
        let owner = item.rust_name.value.clone();
        let name = self.name(&trigger.name.value);
        let table_name = self.object_name(table);
        let mut events = Vec::new();
        for event in &trigger.events {
            let mut text = event.word.to_uppercase();
            if !event.columns.is_empty() {
                let columns: Vec<String> = event
                    .columns
                    .iter()
                    .map(|column| {
                        let column = self.column(&item.fields, &column.value, &owner, column.span);
                        self.name(&column)
                    })
                    .collect();
                text.push_str(&format!(" OF {}", columns.join(", ")));
            }
            events.push(text);
        }
        let timing = trigger.timing.replace('_', " ").to_uppercase();
        let each = if trigger.is_each_row { "ROW" } else { "STATEMENT" };
        let mut text = format!("CREATE TRIGGER {name} {timing} {}", events.join(" OR "));
        text.push_str(&format!(" ON {table_name}\n    FOR EACH {each}"));
        if let Some(when) = &trigger.when {
            text.push_str(&format!(" WHEN ({when})"));
        }
        match (self.dialect, &trigger.execute, &trigger.body) {
            (DialectName::Postgres, Some(execute), _) => {
                text.push_str(&format!(" EXECUTE FUNCTION {execute}"));
            }
            (DialectName::Sqlite, _, Some(body)) => {
                let body = self.sql(body);
                text.push_str(&format!("\nBEGIN\n    {body};\nEND"));
            }
            (DialectName::Mysql, _, Some(body)) => {
                let body = self.sql(body);
                text.push_str(&format!("\n{body}"));
            }
            (dialect, ..) => {
                let (word, title) = match dialect {
                    DialectName::Postgres => ("execute = \"function()\"", "PostgreSQL"),
                    DialectName::Sqlite => ("body = \"..\"", "SQLite"),
                    DialectName::Mysql => ("body = \"..\"", "MySQL"),
                };
                self.problems.push(
                    Problem::new(
                        trigger.span,
                        "DBK0103",
                        format!("trigger `{}` does nothing on {title}", trigger.name.value),
                    )
                    .help(format!("add `{word}`")),
                );
                return None;
            }
        }
        let id = EntityId::member(EntityKind::Trigger, table, trigger.name.value.as_str());
        Some(object(id, text))
    }

    fn exclude(&mut self, item: &TableItem, table: &ObjectName, exclude: &ExcludeItem) -> Object {
        let owner = item.rust_name.value.clone();
        let elements: Vec<String> = exclude
            .elements
            .iter()
            .map(|(part, operator)| {
                format!("{} WITH {operator}", self.part(&item.fields, &owner, part))
            })
            .collect();
        let mut text = format!(
            "ALTER TABLE {} ADD CONSTRAINT {} EXCLUDE USING {} ({})",
            self.object_name(table),
            self.name(&exclude.name.value),
            exclude.method.as_deref().unwrap_or("gist"),
            elements.join(", ")
        );
        if let Some(predicate) = &exclude.predicate {
            text.push_str(&format!(" WHERE ({predicate})"));
        }
        let id = EntityId::member(EntityKind::Exclusion, table, exclude.name.value.as_str());
        object(id, text)
    }

    /// A view, and the indexes of a materialized one.
    pub(crate) fn view(&mut self, item: &ViewItem) -> Vec<(Object, Span)> {
        let name = view_name(item);
        let query = item.query.as_ref().map(|query| self.sql(query)).unwrap_or_default();
        let kind =
            if item.is_materialized { EntityKind::MaterializedView } else { EntityKind::View };
        let mut text = format!("CREATE {} {}", kind.word().to_uppercase(), self.object_name(&name));
        if !item.with.is_empty() {
            let options: Vec<String> =
                item.with.iter().map(|(key, value)| format!("{key}={value}")).collect();
            text.push_str(&format!(" WITH ({})", options.join(", ")));
        }
        text.push_str(&format!(" AS\n{query}"));
        let span = item.view.as_ref().map_or(item.rust_name.span, |view| view.span);
        let mut view = object(EntityId::object(kind, name.clone()), text);
        if let Some(comment) = &item.comment {
            view.extra.properties.insert("comment".to_owned(), comment.clone());
        }
        let mut objects = vec![(view, span)];
        let mut taken = BTreeSet::new();
        for index in &item.indexes {
            objects.push((self.view_index(item, &name, index, &mut taken), index.span));
        }
        objects
    }

    fn view_index(
        &mut self,
        item: &ViewItem,
        view: &ObjectName,
        index: &IndexItem,
        taken: &mut BTreeSet<String>,
    ) -> Object {
        let owner = item.rust_name.value.clone();
        let parts: Vec<String> =
            index.parts.iter().map(|part| self.part(&item.fields, &owner, part)).collect();
        let columns: Vec<&str> = index
            .parts
            .iter()
            .filter_map(|part| part.column.as_ref())
            .map(|column| column.value.as_str())
            .collect();
        let name = match &index.name {
            Some(name) => name.value.clone(),
            None => implicit(&view.name, &columns, "idx", taken),
        };
        let mut text = format!(
            "CREATE {}INDEX {} ON {} USING {} ({})",
            if index.is_unique { "UNIQUE " } else { "" },
            self.name(&name),
            self.object_name(view),
            index.method.as_deref().unwrap_or("btree"),
            parts.join(", ")
        );
        if let Some(predicate) = &index.predicate {
            text.push_str(&format!(" WHERE {predicate}"));
        }
        object(EntityId::member(EntityKind::Index, view, name), text)
    }

    /// An object of `objects!` that is kept as text.
    pub(crate) fn object(&mut self, item: &ObjectItem) -> Option<(Object, Span)> {
        match item {
            ObjectItem::Namespace { .. } | ObjectItem::Sequence { .. } => None,
            ObjectItem::Statement { kind, name, on, sql, extra } => {
                let id = match on {
                    Some(on) => {
                        let owner = self.parsed(&on.value, on.span)?;
                        EntityId::member(*kind, &owner, name.value.as_str())
                    }
                    None => self.statement_id(*kind, name)?,
                };
                let text = self.sql(sql);
                Some((Object { extra: extra.extra(), ..object(id, text) }, name.span))
            }
            ObjectItem::Extension { name, schema, version } => {
                let mut text = format!("CREATE EXTENSION {}", self.name(&name.value));
                if let Some(schema) = schema {
                    text.push_str(&format!(" WITH SCHEMA {}", self.name(schema)));
                }
                if let Some(version) = version {
                    text.push_str(&format!(" VERSION {}", expression::quoted_text(version)));
                }
                let id = EntityId::object(EntityKind::Extension, ObjectName::new(&name.value));
                Some((object(id, text), name.span))
            }
            ObjectItem::Routine { signature, is_procedure, sql, extra } => {
                let kind = if *is_procedure { EntityKind::Procedure } else { EntityKind::Function };
                let id = self.statement_id(kind, signature)?;
                let text = self.sql(sql);
                Some((Object { extra: extra.extra(), ..object(id, text) }, signature.span))
            }
            ObjectItem::Domain { name, ty, is_required, default, checks } => {
                let parsed = self.parsed(&name.value, name.span)?;
                let mut text = format!("CREATE DOMAIN {} AS {ty}", self.object_name(&parsed));
                if let Some(default) = default {
                    text.push_str(&format!(" DEFAULT {default}"));
                }
                if *is_required {
                    text.push_str(" NOT NULL");
                }
                for (name, check) in checks {
                    let name = name.as_ref().map(|name| format!(" CONSTRAINT {}", self.name(name)));
                    text.push_str(&format!("{} CHECK ({check})", name.unwrap_or_default()));
                }
                Some((object(EntityId::object(EntityKind::Domain, parsed), text), name.span))
            }
            ObjectItem::Composite { name, fields } => {
                let parsed = self.parsed(&name.value, name.span)?;
                let fields: Vec<String> =
                    fields.iter().map(|(name, ty)| format!("{} {ty}", self.name(name))).collect();
                let text =
                    format!("CREATE TYPE {} AS ({})", self.object_name(&parsed), fields.join(", "));
                let id = EntityId::object(EntityKind::CompositeType, parsed);
                Some((object(id, text), name.span))
            }
            ObjectItem::Sql { name, create, drop } => {
                let text = self.sql(create);
                let mut made = object(
                    EntityId::object(EntityKind::Script, ObjectName::new(&name.value)),
                    text,
                );
                if let Some(drop) = drop {
                    let drop = self.sql(drop);
                    made.extra.properties.insert("drop".to_owned(), drop);
                }
                Some((made, name.span))
            }
        }
    }

    /// `shop.totals`, or `shop.area(integer, integer)` for what has arguments.
    fn statement_id(&mut self, kind: EntityKind, name: &Spanned<String>) -> Option<EntityId> {
        let is_routine =
            matches!(kind, EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate);
        match open_parenthesis(&name.value).filter(|_| is_routine) {
            Some(at) => {
                let arguments = name.value[at + 1..].trim_end().strip_suffix(')')?.trim();
                let parsed = self.parsed(name.value[..at].trim(), name.span)?;
                Some(EntityId::member(kind, &parsed, arguments))
            }
            None => Some(EntityId::object(kind, self.parsed(&name.value, name.span)?)),
        }
    }

    fn parsed(&mut self, text: &str, span: Span) -> Option<ObjectName> {
        match text.parse() {
            Ok(name) => Some(name),
            Err(message) => {
                self.problems.push(Problem::new(span, "DBK0103", message));
                None
            }
        }
    }
}

/// The first parenthesis that is in no quotes.
fn open_parenthesis(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    text.char_indices().find_map(|(at, c)| {
        is_quoted ^= c == '"';
        (c == '(' && !is_quoted).then_some(at)
    })
}

fn object(id: EntityId, definition: String) -> Object {
    Object { id, definition, extra: Extra::default() }
}

/// The name of a view: what is said, else after the struct.
pub(crate) fn view_name(item: &ViewItem) -> ObjectName {
    let name =
        item.view.as_ref().map_or_else(|| snake(&item.rust_name.value), |name| name.value.clone());
    ObjectName { schema: item.schema.clone(), name }
}

/// What a definition stands on. The body of a function is text, which nothing holds together with what it names.
pub(crate) fn uses(object: &Object, schema: &Schema) -> Uses {
    match object.id.kind {
        EntityKind::Function | EntityKind::Procedure => Uses::default(),
        _ => mentioned(object, schema),
    }
}

/// Finds the types and functions that columns, checks and indexes stand on.
pub(crate) fn members_use(schema: &mut Schema) {
    let named: Vec<(String, EntityId)> = schema
        .objects
        .keys()
        .filter(|id| {
            matches!(
                id.kind,
                EntityKind::Function
                    | EntityKind::Domain
                    | EntityKind::CompositeType
                    | EntityKind::RangeType
            )
        })
        .map(|id| (id.object.name.to_lowercase(), id.clone()))
        .collect();
    let add = |text: &str, extra: &mut Extra| {
        for token in expression::tokens(text) {
            let word = text[token.range].trim_matches('"').to_lowercase();
            let found = named.iter().filter(|(name, _)| *name == word).map(|(_, id)| id.clone());
            extra.uses.0.extend(found);
        }
    };
    for table in schema.tables.values_mut() {
        for column in table.columns.iter_mut().map(|column| &mut **column) {
            if let ColumnType::Custom(text) = innermost(&column.ty) {
                add(text, &mut column.extra);
            }
            if let Some(DefaultValue::Expression(text)) = &column.default {
                add(text, &mut column.extra);
            }
            if let Some(generated) = &column.generated {
                add(&generated.expression, &mut column.extra);
            }
        }
        for check in table.checks.values_mut() {
            add(&check.expression, &mut check.extra);
        }
        for index in table.indexes.values_mut() {
            for part in &index.parts {
                if let IndexTarget::Expression(text) = &part.target {
                    add(text, &mut index.extra);
                }
            }
            if let Some(text) = &index.predicate {
                add(text, &mut index.extra);
            }
        }
    }
}

fn innermost(ty: &ColumnType) -> &ColumnType {
    match ty {
        ColumnType::Array(element) => innermost(element),
        other => other,
    }
}
