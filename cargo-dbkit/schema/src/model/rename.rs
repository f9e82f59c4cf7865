//! Applies renames to a whole schema, with everything that follows from them.

use std::collections::BTreeMap;

use super::{
    ByName, Column, DefaultValue, EntityId, EntityKind, Extra, Index, IndexTarget, Name, Object,
    ObjectName, Rename, Schema, Table, expression,
};

/// Renames that happen at once, so that `a -> b` beside `b -> a` is a swap.
///
/// Names of constraints and indexes stay as they are unless they are renamed themselves. Expressions follow: columns, tables
/// that qualify them, enum types in casts, and the values of enums where a literal of the table's expressions is one.
#[derive(Debug, Clone, Default)]
pub struct Renaming {
    namespaces: BTreeMap<String, String>,
    tables: BTreeMap<ObjectName, ObjectName>,
    enums: BTreeMap<ObjectName, ObjectName>,
    sequences: BTreeMap<ObjectName, ObjectName>,
    columns: BTreeMap<ObjectName, BTreeMap<String, String>>,
    values: BTreeMap<ObjectName, BTreeMap<String, String>>,
    constraints: BTreeMap<ObjectName, BTreeMap<String, String>>,
    indexes: BTreeMap<ObjectName, BTreeMap<String, String>>,
    /// Members by the new name of their relation.
    objects: BTreeMap<EntityId, EntityId>,
}

impl Renaming {
    /// Collects renames. Members are found by the *new* name of their table or enum.
    pub fn new<'a>(renames: impl IntoIterator<Item = &'a Rename>) -> Self {
        let mut renaming = Self::default();
        for rename in renames {
            match rename.clone() {
                Rename::Namespace { from, to } => {
                    renaming.namespaces.insert(from, to);
                }
                Rename::Table { from, to } => {
                    renaming.tables.insert(from, to);
                }
                Rename::Enum { from, to } => {
                    renaming.enums.insert(from, to);
                }
                Rename::Sequence { from, to } => {
                    renaming.sequences.insert(from, to);
                }
                Rename::Column { table, from, to } => {
                    renaming.columns.entry(table).or_default().insert(from, to);
                }
                Rename::EnumValue { name, from, to } => {
                    renaming.values.entry(name).or_default().insert(from, to);
                }
                Rename::Constraint { table, from, to } => {
                    renaming.constraints.entry(table).or_default().insert(from, to);
                }
                Rename::Index { table, from, to } => {
                    renaming.indexes.entry(table).or_default().insert(from, to);
                }
                Rename::Object { from, to } => {
                    renaming.objects.insert(from, to);
                }
            }
        }
        renaming
    }

    fn object(&self, map: &BTreeMap<ObjectName, ObjectName>, name: &ObjectName) -> ObjectName {
        if let Some(to) = map.get(name) {
            return to.clone();
        }
        match name.schema.as_ref().and_then(|schema| self.namespaces.get(schema)) {
            Some(schema) => ObjectName { schema: Some(schema.clone()), name: name.name.clone() },
            None => name.clone(),
        }
    }

    /// The new name of a table.
    pub fn table(&self, name: &ObjectName) -> ObjectName {
        self.object(&self.tables, name)
    }

    /// The new name of an enum.
    pub fn enum_type(&self, name: &ObjectName) -> ObjectName {
        self.object(&self.enums, name)
    }

    /// The new name of a sequence.
    pub fn sequence(&self, name: &ObjectName) -> ObjectName {
        self.object(&self.sequences, name)
    }

    /// The new name of a column; `table` is the table's new name.
    pub fn column(&self, table: &ObjectName, column: &str) -> String {
        member(&self.columns, table, column)
    }

    /// The new name of anything.
    pub fn entity(&self, id: &EntityId) -> EntityId {
        let mut id = id.clone();
        match id.kind {
            EntityKind::Namespace => {
                if let Some(to) = self.namespaces.get(&id.object.name) {
                    id.object.name.clone_from(to);
                }
                return id;
            }
            EntityKind::Enum | EntityKind::EnumValue => id.object = self.enum_type(&id.object),
            EntityKind::Sequence => id.object = self.sequence(&id.object),
            EntityKind::Table => id.object = self.table(&id.object),
            kind if kind.is_member() => {
                if self.has_gone(&id.object) {
                    return id;
                }
                id.object = self.relation(&id.object);
                if let Some(to) = self.objects.get(&id) {
                    return to.clone();
                }
            }
            kind => {
                if let Some(to) = self.objects.get(&id) {
                    return to.clone();
                }
                id.object = self.object(&BTreeMap::new(), &id.object);
                if kind.is_routine() {
                    id.member = id.member.map(|arguments| self.types(&arguments));
                }
                return id;
            }
        }
        let members = match id.kind {
            EntityKind::Column => &self.columns,
            EntityKind::EnumValue => &self.values,
            EntityKind::Index => &self.indexes,
            EntityKind::PrimaryKey
            | EntityKind::Unique
            | EntityKind::ForeignKey
            | EntityKind::Check
            | EntityKind::Exclusion => &self.constraints,
            _ => return id,
        };
        if let Some(name) = &id.member {
            id.member = Some(member(members, &id.object, name));
        }
        id
    }

    /// Whether a table gets this name, and the one that has it does not get another one: that one was dropped, and what is said of its
    /// columns is not said of those of the renamed one.
    fn has_gone(&self, table: &ObjectName) -> bool {
        !self.tables.contains_key(table) && self.tables.values().any(|to| to == table)
    }

    /// The new name of a table or a view.
    fn relation(&self, name: &ObjectName) -> ObjectName {
        let view = [EntityKind::View, EntityKind::MaterializedView, EntityKind::ForeignTable]
            .into_iter()
            .find_map(|kind| self.objects.get(&EntityId::object(kind, name.clone())));
        view.map_or_else(|| self.table(name), |view| view.object.clone())
    }

    /// Whatever a type can be called: old names and new ones.
    fn type_names(&self) -> impl Iterator<Item = (&ObjectName, &ObjectName)> {
        let objects = self.objects.iter().filter(|(from, _)| from.member.is_none());
        let objects = objects.map(|(from, to)| (&from.object, &to.object));
        self.enums.iter().chain(&self.tables).chain(objects)
    }

    /// A text that names types, such as the arguments of a function, in new names.
    fn types(&self, text: &str) -> String {
        let text = self
            .type_names()
            .fold(text.to_owned(), |text, (from, to)| expression::rename_object(&text, from, to));
        self.in_namespaces(text)
    }

    /// A text in which namespaces have their new names.
    fn in_namespaces(&self, text: String) -> String {
        self.namespaces
            .iter()
            .fold(text, |text, (from, to)| expression::rename_table(&text, from, to))
    }

    fn extra(&self, extra: &mut Extra) {
        if !extra.uses.0.is_empty() {
            extra.uses = extra.uses.0.iter().map(|id| self.entity(id)).collect();
        }
    }

    /// What stands on renamed things follows them, as it does in the database; the body of a function is text, and does not.
    fn apply_to_object(&self, mut object: Object) -> Object {
        let body = if object.id.kind.is_routine() {
            let body = object.definition.find("\nAS ").unwrap_or(object.definition.len());
            object.definition.split_off(body)
        } else {
            String::new()
        };
        let columns = self
            .columns
            .iter()
            .flat_map(|(table, columns)| columns.iter().map(move |(from, to)| (table, from, to)));
        for (table, from, to) in columns {
            let old = EntityId::column(&self.old_table(table), from.as_str());
            if object.extra.uses.0.contains(&old) {
                object.definition = expression::rename_name(&object.definition, from, to);
            }
        }
        let uses = |id: &EntityId| object.extra.uses.0.contains(id) || object.id == *id;
        let names = |name: &ObjectName| {
            object.extra.uses.0.iter().any(|id| id.object == *name) || object.id.object == *name
        };
        let plain = self.tables.iter().chain(&self.enums).chain(&self.sequences);
        let plain = plain.filter(|(from, _)| names(from));
        let objects = self.objects.iter().filter(|(from, _)| from.member.is_none() && uses(from));
        let objects = objects.map(|(from, to)| (&from.object, &to.object));
        for (from, to) in plain.chain(objects).collect::<Vec<_>>() {
            object.definition = expression::rename_object(&object.definition, from, to);
        }
        object.definition = self.in_namespaces(object.definition);
        let id = self.entity(&object.id);
        // A member, or a routine, has a name of its own in its text.
        let own = |id: &EntityId| match &id.member {
            Some(member) if id.kind.is_member() => member.clone(),
            _ => id.object.name.clone(),
        };
        if object.id.member.is_some() && own(&object.id) != own(&id) {
            object.definition =
                expression::rename_name(&object.definition, &own(&object.id), &own(&id));
        }
        object.definition.push_str(&body);
        object.id = id;
        self.extra(&mut object.extra);
        object
    }

    /// Whether something stands on a type that has another name now.
    fn has_types_of(&self, extra: &Extra) -> bool {
        !self.namespaces.is_empty() || extra.uses.0.iter().any(|id| self.objects.contains_key(id))
    }

    fn old_table(&self, table: &ObjectName) -> ObjectName {
        let old = self.tables.iter().find(|(_, to)| *to == table);
        old.map_or_else(|| table.clone(), |(from, _)| from.clone())
    }

    /// The schema afterwards.
    #[must_use]
    pub fn apply(&self, schema: Schema) -> Schema {
        let mut renamed = Schema::default();
        for (name, mut namespace) in schema.namespaces {
            let to = self.namespaces.get(&name).cloned().unwrap_or(name);
            namespace.name.clone_from(&to);
            renamed.namespaces.insert(to, namespace);
        }
        for (name, mut enum_type) in schema.enums {
            enum_type.name = self.enum_type(&name);
            for value in &mut enum_type.values {
                *value = member(&self.values, &enum_type.name, value);
            }
            renamed.enums.insert(enum_type.name.clone(), enum_type);
        }
        for (name, mut sequence) in schema.sequences {
            sequence.name = self.sequence(&name);
            renamed.sequences.insert(sequence.name.clone(), sequence);
        }
        for table in schema.tables.into_values() {
            let table = self.apply_to_table(table.into_inner());
            renamed.tables.insert(table.name.clone(), table.into());
        }
        for object in schema.objects.into_values() {
            let object = self.apply_to_object(object);
            renamed.objects.insert(object.id.clone(), object);
        }
        renamed
    }

    fn apply_to_table(&self, mut table: Table) -> Table {
        let old_name = std::mem::replace(&mut table.name, ObjectName::new(""));
        let name = self.table(&old_name);
        let rewriter = Rewriter {
            renaming: self,
            old_table: &old_name,
            table: &name,
            enums: enums_of(&table),
        };
        for column in table.columns.iter_mut().map(|column| &mut **column) {
            rewriter.column(column);
            if let Some(ty) = column.ty.custom_mut().filter(|_| self.has_types_of(&column.extra)) {
                *ty = self.types(ty);
            }
            self.extra(&mut column.extra);
        }
        let columns = |columns: &mut Vec<String>, table: &ObjectName| {
            for column in columns {
                *column = self.column(table, column);
            }
        };
        let constraint = |constraint: &mut Name| {
            constraint.text = member(&self.constraints, &name, &constraint.text)
        };
        if let Some(key) = &mut table.primary_key {
            constraint(&mut key.name);
            columns(&mut key.columns, &name);
            columns(&mut key.include, &name);
        }
        table.uniques = rekeyed(table.uniques, |unique| {
            constraint(&mut unique.name);
            columns(&mut unique.columns, &name);
            columns(&mut unique.include, &name);
            unique.name.text.clone()
        });
        table.foreign_keys = rekeyed(table.foreign_keys, |key| {
            constraint(&mut key.name);
            self.extra(&mut key.extra);
            columns(&mut key.columns, &name);
            columns(&mut key.set_columns, &name);
            key.references = self.table(&key.references);
            columns(&mut key.referenced_columns, &key.references);
            key.name.text.clone()
        });
        table.checks = rekeyed(table.checks, |check| {
            constraint(&mut check.name);
            self.extra(&mut check.extra);
            rewriter.expression(&mut check.expression);
            check.name.text.clone()
        });
        table.indexes = rekeyed(table.indexes, |index| {
            rewriter.index(index);
            self.extra(&mut index.extra);
            index.name.text = member(&self.indexes, &name, &index.name.text);
            index.name.text.clone()
        });
        self.extra(&mut table.options.extra);
        if let Some(of) = &mut table.options.partition_of {
            of.parent = self.table(&of.parent);
        }
        for parent in &mut table.options.inherits {
            *parent = self.table(parent);
        }
        table.name = name;
        table
    }
}

fn enums_of(table: &Table) -> Vec<ObjectName> {
    table.columns.iter().filter_map(|column| column.ty.enum_name().cloned()).collect()
}

fn member(
    map: &BTreeMap<ObjectName, BTreeMap<String, String>>,
    object: &ObjectName,
    name: &str,
) -> String {
    map.get(object).and_then(|names| names.get(name)).map_or_else(|| name.to_owned(), Clone::clone)
}

fn rekeyed<T>(map: ByName<T>, mut change: impl FnMut(&mut T) -> String) -> ByName<T> {
    map.into_values()
        .map(|mut value| {
            let key = change(&mut value);
            (key, value)
        })
        .collect()
}

/// Rewrites what belongs to one table.
struct Rewriter<'a> {
    renaming: &'a Renaming,
    old_table: &'a ObjectName,
    table: &'a ObjectName,
    enums: Vec<ObjectName>,
}

impl Rewriter<'_> {
    fn column(&self, column: &mut Column) {
        column.name = self.renaming.column(self.table, &column.name);
        if let Some(name) = column.ty.enum_name().cloned() {
            let to = self.renaming.enum_type(&name);
            if let Some(DefaultValue::Text(value)) = &mut column.default {
                *value = member(&self.renaming.values, &to, value);
            }
            if let Some(name) = column.ty.enum_name_mut() {
                *name = to;
            }
        }
        if let Some(DefaultValue::Expression(text)) = &mut column.default {
            self.expression(text);
            if !self.renaming.sequences.is_empty() {
                *text = expression::rename_sequences(text, self.renaming.sequences.iter());
            }
        }
        if let Some(generated) = &mut column.generated {
            self.expression(&mut generated.expression);
        }
    }

    fn index(&self, index: &mut Index) {
        for part in &mut index.parts {
            match &mut part.target {
                IndexTarget::Column(name) => *name = self.renaming.column(self.table, name),
                IndexTarget::Expression(text) => self.expression(text),
            }
        }
        for column in &mut index.include {
            *column = self.renaming.column(self.table, column);
        }
        if let Some(predicate) = &mut index.predicate {
            self.expression(predicate);
        }
    }

    fn expression(&self, text: &mut String) {
        if let Some(columns) = self.renaming.columns.get(self.table) {
            let renamed: Vec<(&str, &str)> =
                columns.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
            *text = expression::rename_columns(text, &self.old_table.name, &renamed);
        }
        if self.old_table.name != self.table.name {
            *text = expression::rename_table(text, &self.old_table.name, &self.table.name);
        }
        for (from, to) in &self.renaming.enums {
            *text = expression::rename_type(text, &from.name, &to.name);
        }
        for name in &self.enums {
            // One literal takes one step, so that a swap of two values does not run in a circle.
            if let Some(values) = self.renaming.values.get(&self.renaming.enum_type(name)) {
                *text = rename_values(text, values);
            }
        }
    }
}

fn rename_values(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut renamed = text.to_owned();
    let marked = |value: &str| format!("\u{0}{value}");
    for (from, to) in values {
        renamed = expression::rename_text(&renamed, from, &marked(to));
    }
    renamed.replace('\u{0}', "")
}
