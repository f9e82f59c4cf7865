//! A table as a struct, an enum type as an enum.

use std::collections::BTreeSet;

use crate::model::{
    Check, Column, ColumnType, DefaultValue, Deferrable, DialectName, EnumType, Extra, ForeignKey,
    GeneratedKind, IdentityKind, Index, IndexPart, IndexTarget, MatchType, NullsOrder, ObjectName,
    ReferentialAction, Schema, SequenceOptions, SortOrder, Table, Unique,
};
use crate::rust::grammar::snake;
use crate::rust::names::implicit;
use crate::rust::resolve::can_point;

use super::names::spelled;
use super::types::rust_type;
use super::words::Word;
use super::{EnumText, FieldText, Names, StructName, TableText, VariantText, WriteOptions};

pub(super) fn enum_text(enum_type: &EnumType, name: &StructName) -> EnumText {
    let mut words = name_words("name", &enum_type.name, &name.rust);
    words.extend(enum_type.comment.iter().map(|comment| Word::assign("comment", comment)));
    words.extend(extra_words(&enum_type.extra));
    let variants = enum_type.values.iter().map(|value| {
        let rust_name = name.parts[value].clone();
        let words = if snake(&rust_name) == *value {
            Vec::new()
        } else {
            vec![Word::assign("rename", value)]
        };
        VariantText { value: value.clone(), rust_name, words }
    });
    EnumText {
        name: enum_type.name.clone(),
        rust_name: name.rust.clone(),
        variants: variants.collect(),
        words,
    }
}

/// `table = ".."`, `schema = ".."`; the name is always said.
fn name_words(key: &str, name: &ObjectName, _rust: &str) -> Vec<Word> {
    let mut words = vec![Word::assign(key, &name.name)];
    words.extend(name.schema.iter().map(|schema| Word::assign("schema", schema)));
    words
}

/// `property(..)`, `inherited`.
pub(super) fn extra_words(extra: &Extra) -> Vec<Word> {
    let mut words: Vec<Word> = extra
        .properties
        .iter()
        .map(|(key, value)| Word::list("property", [Word::text(key), Word::text(value)]))
        .collect();
    words.extend(extra.is_inherited.then(|| Word::plain("inherited")));
    words
}

/// `start(1), increment(2)`; a number below zero stands in a string.
pub(super) fn sequence_words(options: &SequenceOptions) -> Vec<Word> {
    let named = [
        ("start", options.start),
        ("increment", options.increment),
        ("min", options.min),
        ("max", options.max),
        ("cache", options.cache),
    ];
    let mut words: Vec<Word> = named
        .into_iter()
        .filter_map(|(word, value)| {
            let value = value?;
            let text = value.to_string();
            let number = if value < 0 { Word::text(&text) } else { Word::plain(text) };
            Some(Word::list(word, [number]))
        })
        .collect();
    words.extend(options.cycle.then(|| Word::plain("cycle")));
    words
}

pub(super) struct Writer<'a> {
    pub(super) schema: &'a Schema,
    pub(super) options: &'a WriteOptions,
    pub(super) names: &'a Names,
    pub(super) table: &'a Table,
}

impl Writer<'_> {
    pub(super) fn text(&self) -> TableText {
        let own = &self.names.tables[&self.table.name];
        TableText {
            name: self.table.name.clone(),
            rust_name: own.rust.clone(),
            words: self.table_words(),
            fields: self.table.columns.iter().map(|column| self.field(column)).collect(),
        }
    }

    fn field_name(&self, column: &str) -> String {
        let parts = &self.names.tables[&self.table.name].parts;
        parts.get(column).cloned().unwrap_or_else(|| column.to_owned())
    }

    /// A column inside an attribute.
    fn column(&self, name: &str) -> Word {
        Word::plain(spelled(&self.field_name(name)))
    }

    fn columns<'c>(&self, names: impl IntoIterator<Item = &'c String>) -> Vec<Word> {
        names.into_iter().map(|name| self.column(name)).collect()
    }

    /// The name that the reader gives to what has none.
    fn implied(&self, columns: &[&str], suffix: &str) -> String {
        implicit(&self.table.name.name, columns, suffix, &mut BTreeSet::new())
    }

    fn named(&self, name: &str, columns: &[&str], suffix: &str) -> Option<Word> {
        (self.implied(columns, suffix) != name).then(|| Word::assign("name", name))
    }

    fn table_words(&self) -> Vec<Word> {
        let table = self.table;
        let options = &table.options;
        let rust = &self.names.tables[&table.name].rust;
        let mut words = name_words("table", &table.name, rust);
        let texts = [
            ("comment", &options.comment),
            ("engine", &options.engine),
            ("charset", &options.charset),
            ("collate", &options.collation),
        ];
        for (word, text) in texts {
            words.extend(text.as_ref().map(|text| Word::assign(word, text)));
        }
        words.extend(options.is_strict.then(|| Word::plain("strict")));
        words.extend(options.is_without_rowid.then(|| Word::plain("without_rowid")));
        if let Some(partition) = &options.partition_by {
            words.push(Word::list("partition_by", [Word::text(partition)]));
        }
        if let Some(partition) = &options.partition_of {
            let parent = Word::text(&partition.parent.to_string());
            words.push(Word::list("partition_of", [parent, Word::text(&partition.bound)]));
        }
        if !options.inherits.is_empty() {
            let parents = options.inherits.iter().map(|parent| Word::text(&parent.to_string()));
            words.push(Word::list("inherits", parents));
        }
        let mut extra = options.extra.clone();
        match extra.properties.get("row_security").map(String::as_str) {
            Some("on") => words.push(Word::plain("rls")),
            Some("forced") => words.push(Word::list("rls", [Word::plain("force")])),
            _ => {}
        }
        if matches!(extra.properties.get("row_security").map(String::as_str), Some("on" | "forced"))
        {
            extra.properties.remove("row_security");
        }
        words.extend(extra_words(&extra));
        if self.simple_key().is_none() {
            words.extend(self.primary_key());
        }
        words.extend(
            table
                .uniques
                .values()
                .filter(|unique| self.single_unique(unique).is_none())
                .map(|unique| Word::list("unique", self.unique(unique, true))),
        );
        words.extend(
            table
                .indexes
                .values()
                .filter(|index| self.single_index(index).is_none())
                .map(|index| self.index(index)),
        );
        words.extend(
            table
                .checks
                .values()
                .filter(|check| self.column_of_check(check).is_none())
                .map(|check| self.check(check)),
        );
        words.extend(
            table
                .foreign_keys
                .values()
                .filter(|key| self.column_of_key(key).is_none())
                .map(|key| self.foreign_key(key)),
        );
        words
    }

    /// The column of a primary key that needs no more words than `primary_key`.
    fn simple_key(&self) -> Option<&str> {
        let key = self.table.primary_key.as_ref()?;
        let is_plain = key.include.is_empty()
            && !key.is_temporal
            && key.deferrable.is_none()
            && key.extra.is_plain()
            && self.has_implied_key_name();
        match key.columns.as_slice() {
            [column] if is_plain => Some(column),
            _ => None,
        }
    }

    fn has_implied_key_name(&self) -> bool {
        let Some(key) = &self.table.primary_key else { return true };
        self.options.dialect == DialectName::Mysql || self.implied(&[], "pkey") == key.name.text
    }

    fn primary_key(&self) -> Option<Word> {
        let key = self.table.primary_key.as_ref()?;
        let mut parts = Vec::new();
        if !self.has_implied_key_name() {
            parts.push(Word::assign("name", &key.name.text));
        }
        parts.push(Word::list("on", self.columns(&key.columns)));
        if !key.include.is_empty() {
            parts.push(Word::list("include", self.columns(&key.include)));
        }
        parts.extend(key.is_temporal.then(|| Word::plain("temporal")));
        parts.extend(deferrable(key.deferrable));
        parts.extend(extra_words(&key.extra));
        Some(Word::list("primary_key", parts))
    }

    /// The column of a unique constraint that stands at its field: the first one of that column.
    fn single_unique(&self, unique: &Unique) -> Option<&str> {
        let of = |unique: &Unique| match unique.columns.as_slice() {
            [column] if unique.include.is_empty() && !unique.is_temporal => Some(column.clone()),
            _ => None,
        };
        let column = of(unique)?;
        let first =
            self.table.uniques.values().find(|other| of(other).as_ref() == Some(&column))?;
        (first.name == unique.name).then(|| self.table.column(&column))?.map(|c| c.name.as_str())
    }

    fn unique(&self, unique: &Unique, has_columns: bool) -> Vec<Word> {
        let columns: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
        let mut parts: Vec<Word> =
            self.named(&unique.name.text, &columns, "key").into_iter().collect();
        parts.extend(unique.nulls_not_distinct.then(|| Word::plain("nulls_not_distinct")));
        if has_columns {
            parts.push(Word::list("on", self.columns(&unique.columns)));
        }
        if !unique.include.is_empty() {
            parts.push(Word::list("include", self.columns(&unique.include)));
        }
        parts.extend(unique.is_temporal.then(|| Word::plain("temporal")));
        parts.extend(deferrable(unique.deferrable));
        parts.extend(extra_words(&unique.extra));
        parts
    }

    /// The column of an index that needs no more words than `index`.
    fn single_index(&self, index: &Index) -> Option<&str> {
        let of = |index: &Index| match index.parts.as_slice() {
            [part @ IndexPart { target: IndexTarget::Column(column), .. }]
                if *part == IndexPart::column(column) && *index == plain_index(index) =>
            {
                Some(column.clone())
            }
            _ => None,
        };
        let column = of(index)?;
        let first =
            self.table.indexes.values().find(|other| of(other).as_ref() == Some(&column))?;
        (first.name == index.name).then(|| self.table.column(&column))?.map(|c| c.name.as_str())
    }

    fn index(&self, index: &Index) -> Word {
        let columns: Vec<&str> = index
            .parts
            .iter()
            .map(|part| match &part.target {
                IndexTarget::Column(name) => name.as_str(),
                IndexTarget::Expression(_) => "expr",
            })
            .collect();
        let mut parts: Vec<Word> =
            self.named(&index.name.text, &columns, "idx").into_iter().collect();
        parts.extend(index.is_unique.then(|| Word::plain("unique")));
        parts.extend(index.nulls_not_distinct.then(|| Word::plain("nulls_not_distinct")));
        if let Some(method) = &index.method {
            parts.push(Word::list("method", [Word::plain(spelled(method))]));
        }
        parts.push(Word::list("on", index.parts.iter().map(|part| self.index_part(part))));
        if !index.include.is_empty() {
            parts.push(Word::list("include", self.columns(&index.include)));
        }
        if !index.with.is_empty() {
            let options =
                index.with.iter().map(|(key, value)| Word::assign(&key.replace('.', "::"), value));
            parts.push(Word::list("with", options));
        }
        parts.extend(index.predicate.iter().map(|predicate| Word::assign("where", predicate)));
        parts.extend(index.comment.iter().map(|comment| Word::assign("comment", comment)));
        parts.extend(extra_words(&index.extra));
        Word::list("index", parts)
    }

    fn index_part(&self, part: &IndexPart) -> Word {
        let mut word = match &part.target {
            IndexTarget::Column(name) => self.column(name),
            IndexTarget::Expression(sql) => Word::list("expr", [Word::text(sql)]),
        };
        if let Some(collation) = &part.collation {
            word = Word::list("collate", [word, Word::text(collation)]);
        }
        if let Some(opclass) = &part.opclass {
            word = Word::list("opclass", [word, Word::text(opclass)]);
        }
        if let Some(prefix) = part.prefix {
            word = Word::list("prefix", [word, Word::plain(prefix.to_string())]);
        }
        if part.order == SortOrder::Descending {
            word = Word::list("desc", [word]);
        }
        match part.nulls {
            Some(NullsOrder::First) => Word::list("nulls_first", [word]),
            Some(NullsOrder::Last) => Word::list("nulls_last", [word]),
            None => word,
        }
    }

    /// The column whose name is in the name that a check would get there.
    fn column_of_check(&self, check: &Check) -> Option<&str> {
        let implied = |column: &Column| self.implied(&[&column.name], "check") == check.name.text;
        let mut columns = self.table.columns.iter();
        columns.find(|column| implied(column)).map(|column| column.name.as_str())
    }

    fn check(&self, check: &Check) -> Word {
        let mut parts = Vec::new();
        if self.column_of_check(check).is_none() {
            parts.push(Word::text(&check.name.text));
        }
        parts.push(Word::text(&check.expression));
        parts.extend(check.is_no_inherit.then(|| Word::plain("no_inherit")));
        parts.extend(extra_words(&check.extra));
        Word::list("check", parts)
    }

    /// The column of a foreign key that stands at its field: the first one of that column.
    fn column_of_key(&self, key: &ForeignKey) -> Option<&str> {
        let of = |key: &ForeignKey| match key.columns.as_slice() {
            [column] => Some(column.clone()),
            _ => None,
        };
        let column = of(key)?;
        let first =
            self.table.foreign_keys.values().find(|other| of(other).as_ref() == Some(&column))?;
        (first.name == key.name).then(|| self.table.column(&column))?.map(|c| c.name.as_str())
    }

    fn foreign_key(&self, key: &ForeignKey) -> Word {
        let is_of_field = self.column_of_key(key).is_some();
        let mut parts = Vec::new();
        let target = self.referenced(key);
        if is_of_field {
            parts.extend(target);
        } else {
            parts.push(Word::list("on", self.columns(&key.columns)));
            parts.push(Word::list("references", target));
        }
        let is_external = !self.schema.tables.contains_key(&key.references);
        parts.extend(is_external.then(|| Word::plain("external")));
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        parts.extend(self.named(&key.name.text, &columns, "fkey"));
        if key.on_delete != ReferentialAction::NoAction {
            let action = action(key.on_delete);
            let action = Word::list_or_plain(action, self.columns(&key.set_columns));
            parts.push(Word::list("on_delete", [action]));
        }
        if key.on_update != ReferentialAction::NoAction {
            parts.push(Word::list("on_update", [Word::plain(action(key.on_update))]));
        }
        if key.match_type == MatchType::Full {
            parts.push(Word::list("match", [Word::plain("full")]));
        }
        parts.extend(key.is_temporal.then(|| Word::plain("temporal")));
        parts.extend(deferrable(key.deferrable));
        parts.extend(extra_words(&key.extra));
        Word::list(if is_of_field { "references" } else { "foreign_key" }, parts)
    }

    /// The columns that a key points to: as fields where the reader agrees that they can be pointed to, else by their names.
    fn referenced(&self, key: &ForeignKey) -> Vec<Word> {
        let by_name = || {
            key.referenced_columns
                .iter()
                .map(|column| {
                    let column = ObjectName::new(column);
                    Word::text(&format!("{}.{column}", key.references))
                })
                .collect()
        };
        let Some(target) = self.schema.tables.get(&key.references) else { return by_name() };
        let name = &self.names.tables[&key.references];
        let dialect = self.options.dialect;
        let fits = key.columns.iter().zip(&key.referenced_columns).all(|(own, other)| {
            match (self.table.column(own), target.column(other)) {
                (Some(own), Some(other)) => {
                    can_point(&own.ty, &other.ty, dialect)
                        && self.rust_of(own) == self.rust_of(other)
                }
                _ => false,
            }
        });
        if !fits || !is_key(target, &key.referenced_columns) {
            return by_name();
        }
        let owner = if target.name == self.table.name { "Self" } else { name.rust.as_str() };
        key.referenced_columns
            .iter()
            .map(|column| Word::plain(format!("{owner}::{}", spelled(&name.parts[column]))))
            .collect()
    }

    /// The compiler wants both sides of a foreign key to be one Rust type.
    fn rust_of(&self, column: &Column) -> String {
        let enums = |name: &ObjectName| self.names.enums.get(name).map(|name| name.rust.clone());
        rust_type(&column.ty, self.options.dialect, &self.options.crates, &enums).ty
    }

    fn field(&self, column: &Column) -> FieldText {
        let rust_name = self.field_name(&column.name);
        let enums = |name: &ObjectName| self.names.enums.get(name).map(|name| name.rust.clone());
        let typed = rust_type(&column.ty, self.options.dialect, &self.options.crates, &enums);
        let mut words = Vec::new();
        if rust_name != column.name {
            words.push(Word::assign("name", &column.name));
        }
        if self.simple_key() == Some(&column.name) {
            words.push(Word::plain("primary_key"));
        }
        if let Some(identity) = &column.identity {
            let mut options = sequence_words(&identity.options);
            let word = match identity.kind {
                IdentityKind::Always => {
                    options.insert(0, Word::plain("always"));
                    "identity"
                }
                IdentityKind::ByDefault => "identity",
                IdentityKind::Serial => "serial",
                IdentityKind::AutoIncrement => "autoincrement",
            };
            words.push(Word::list_or_plain(word, options));
        }
        words.extend(typed.words);
        words.extend(
            self.table
                .foreign_keys
                .values()
                .filter(|key| self.column_of_key(key) == Some(&column.name))
                .map(|key| self.foreign_key(key)),
        );
        words.extend(
            self.table
                .uniques
                .values()
                .filter(|unique| self.single_unique(unique) == Some(&column.name))
                .map(|unique| Word::list_or_plain("unique", self.unique(unique, false))),
        );
        words.extend(
            self.table
                .indexes
                .values()
                .filter(|index| self.single_index(index) == Some(&column.name))
                .map(|index| {
                    let name = self.named(&index.name.text, &[&column.name], "idx");
                    Word::list_or_plain("index", name.into_iter().collect())
                }),
        );
        words.extend(column.default.as_ref().map(|value| self.default(value, &column.ty)));
        if let Some(generated) = &column.generated {
            let kind = match generated.kind {
                GeneratedKind::Stored => "stored",
                GeneratedKind::Virtual => "virtual",
            };
            let expression = Word::text(&generated.expression);
            words.push(Word::list("generated", [Word::plain(kind), expression]));
        }
        words.extend(
            self.table
                .checks
                .values()
                .filter(|check| self.column_of_check(check) == Some(&column.name))
                .map(|check| self.check(check)),
        );
        let texts = [
            ("collate", &column.collation),
            ("charset", &column.charset),
            ("on_update", &column.on_update),
            ("comment", &column.comment),
        ];
        for (word, text) in texts {
            words.extend(text.as_ref().map(|text| Word::assign(word, text)));
        }
        words.extend(extra_words(&column.extra));
        let is_key =
            self.table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
        let is_optional = column.is_nullable && !is_key;
        let ty = if is_optional { format!("Option<{}>", typed.ty) } else { typed.ty };
        FieldText { column: column.name.clone(), rust_name, ty, words }
    }

    fn default(&self, value: &DefaultValue, ty: &ColumnType) -> Word {
        let value = match value {
            DefaultValue::Boolean(value) => Word::plain(value.to_string()),
            DefaultValue::Number(number) if is_literal(number) => Word::plain(number),
            DefaultValue::Now => Word::plain("now"),
            DefaultValue::Text(text) => self.variant(text, ty).unwrap_or_else(|| Word::text(text)),
            DefaultValue::Number(sql) | DefaultValue::Expression(sql) => {
                Word::list("sql", [Word::text(sql)])
            }
        };
        Word::list("default", [value])
    }

    /// A value of an enum is a path to its variant.
    fn variant(&self, value: &str, ty: &ColumnType) -> Option<Word> {
        let ColumnType::Enum(name) = ty else { return None };
        let name = self.names.enums.get(name)?;
        Some(Word::plain(format!("{}::{}", name.rust, name.parts.get(value)?)))
    }
}

/// The same index with nothing but its name and parts.
fn plain_index(index: &Index) -> Index {
    Index::new(index.name.clone(), index.parts.clone())
}

fn deferrable(deferrable: Option<Deferrable>) -> Option<Word> {
    let word = match deferrable? {
        Deferrable::Immediate => "immediate",
        Deferrable::Deferred => "deferred",
    };
    Some(Word::list("deferrable", [Word::plain(word)]))
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "no_action",
        ReferentialAction::Restrict => "restrict",
        ReferentialAction::Cascade => "cascade",
        ReferentialAction::SetNull => "set_null",
        ReferentialAction::SetDefault => "set_default",
    }
}

/// Whether a number can stand as it is.
fn is_literal(number: &str) -> bool {
    // A sign can stand only in a string.
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    match syn::parse_str::<syn::Lit>(number) {
        Ok(syn::Lit::Int(int)) => int.base10_digits() == number,
        Ok(syn::Lit::Float(float)) => float.base10_digits() == number && float.suffix().is_empty(),
        _ => false,
    }
}

/// Whether the reader takes these columns for a key.
fn is_key(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&String> = columns.iter().collect();
    let is_wanted = |names: &[String]| {
        names.len() == columns.len() && names.iter().collect::<BTreeSet<_>>() == wanted
    };
    table.primary_key.as_ref().is_some_and(|key| is_wanted(&key.columns))
        || table.uniques.values().any(|unique| is_wanted(&unique.columns))
        || table.indexes.values().any(|index| {
            let names: Vec<String> = index.columns().map(str::to_owned).collect();
            index.is_unique
                && index.predicate.is_none()
                && names.len() == index.parts.len()
                && is_wanted(&names)
        })
}
