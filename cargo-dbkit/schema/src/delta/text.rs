//! changes.json: one entity a line, sorted.

use crate::diagnostic::Diagnostic;
use crate::model::{
    Check, Column, ColumnType, DefaultValue, Deferrable, EntityId, EntityKind, EnumType, Extra,
    ForeignKey, Generated, GeneratedKind, Identity, IdentityKind, Index, IndexPart, IndexTarget,
    MatchType, Name, Namespace, NullsOrder, Object, ObjectName, PartitionOf, PrimaryKey,
    ReferentialAction, Rename, Sequence, SequenceOptions, SortOrder, TableOptions, Unique,
};

use super::json::{
    ChangeLine, DefaultJson, File, GeneratedJson, Head, IdJson, Line, OptionsJson, PartJson,
    RenameLine, Value,
};
use super::{Delta, Entity, EntityChange};

/// The format that this version writes, and the newest that it reads.
pub const VERSION: u32 = 1;

impl Delta {
    /// The text of changes.json.
    pub fn to_text(&self) -> String {
        // A line of a column or an index has some eighty bytes.
        let mut text = Vec::with_capacity(100 * (self.first.len() + self.then.len()) + 64);
        text.extend(format!("{{\"dbkit\":\"changes\",\"version\":{VERSION}").bytes());
        if !self.first.is_empty() {
            list(&mut text, "first", self.first.iter().map(change_line));
        }
        if !self.renames.is_empty() {
            list(&mut text, "renames", self.renames.iter().map(rename_line));
        }
        list(&mut text, "changes", self.then.iter().map(change_line));
        text.extend(b"}\n");
        // serde_json writes UTF-8 only.
        String::from_utf8(text).unwrap_or_default()
    }

    /// Reads changes.json. `file` is its path, for the diagnostic.
    ///
    /// # Errors
    /// A diagnostic with line and column, or one that says that the file is of a newer version.
    pub fn from_text(text: &str, file: &str) -> Result<Self, Diagnostic> {
        let unreadable = |error: &dyn std::fmt::Display| {
            Diagnostic::error("DBK0220", format!("cannot read `{file}`: {error}"))
                .in_file(file)
                .help(format!("restore it with `git restore {file}`"))
        };
        let parsed: File = match serde_json::from_str(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                return Err(match serde_json::from_str::<Head>(text) {
                    Ok(head) if head.version > VERSION => newer(head.version, file),
                    _ => unreadable(&error),
                });
            }
        };
        if parsed.version > VERSION {
            return Err(newer(parsed.version, file));
        }
        if parsed.dbkit != "changes" {
            return Err(unreadable(&"it does not hold changes"));
        }
        let changes = |lines: Vec<Line>| lines.into_iter().map(|line| line.0).collect();
        let renames: Result<_, String> = parsed.renames.into_iter().map(read_rename).collect();
        Ok(Self {
            first: changes(parsed.first),
            renames: renames.map_err(|message| unreadable(&message))?,
            then: changes(parsed.changes),
        })
    }
}

fn newer(version: u32, file: &str) -> Diagnostic {
    Diagnostic::error(
        "DBK0221",
        format!("`{file}` is of version {version}, this dbkit reads up to {VERSION}"),
    )
    .in_file(file)
    .help("update cargo-dbkit to the version that the project uses")
}

/// Writes a list, a line for each of its values.
fn list(text: &mut Vec<u8>, name: &str, values: impl Iterator<Item = impl serde::Serialize>) {
    text.extend(format!(",\n\"{name}\":[").bytes());
    let mut is_first = true;
    for value in values {
        text.extend(if is_first { "\n ".bytes() } else { ",\n ".bytes() });
        is_first = false;
        // Strings, numbers and maps with string keys cannot fail to be written, nor can a list of bytes refuse them.
        let _ = serde_json::to_writer(&mut *text, &value);
    }
    text.extend(if is_first { "]".bytes() } else { "\n]".bytes() });
}

/// The kind of a renamed index of a materialized view, which is no index of a table.
const INDEX_OF_VIEW: &str = "index of view";

fn rename_line(rename: &Rename) -> RenameLine {
    let line = |kind: &str, of: Option<String>, from: String, to: String| RenameLine {
        kind: kind.to_owned(),
        of,
        from,
        to,
    };
    match rename {
        Rename::Namespace { from, to } => line("schema", None, from.clone(), to.clone()),
        Rename::Table { from, to } => line("table", None, from.to_string(), to.to_string()),
        Rename::Enum { from, to } => line("enum", None, from.to_string(), to.to_string()),
        Rename::Sequence { from, to } => line("sequence", None, from.to_string(), to.to_string()),
        Rename::Column { table, from, to } => {
            line("column", Some(table.to_string()), from.clone(), to.clone())
        }
        Rename::EnumValue { name, from, to } => {
            line("enum value", Some(name.to_string()), from.clone(), to.clone())
        }
        Rename::Constraint { table, from, to } => {
            line("constraint", Some(table.to_string()), from.clone(), to.clone())
        }
        Rename::Index { table, from, to } => {
            line("index", Some(table.to_string()), from.clone(), to.clone())
        }
        Rename::Object { from, to } => {
            let (from, to) = (write_id(from), write_id(to));
            // A routine has the types of its arguments beside its name.
            let is_moved = from.of != to.of;
            let whole = |id: IdJson| match id.of {
                Some(of) if is_moved => format!("{of}({})", id.name),
                _ => id.name,
            };
            let of = from.of.clone().filter(|_| !is_moved);
            let kind = match from.kind.as_str() {
                "index" => INDEX_OF_VIEW.to_owned(),
                kind => kind.to_owned(),
            };
            line(&kind, of, whole(from), whole(to))
        }
    }
}

fn read_rename(line: RenameLine) -> Result<Rename, String> {
    let RenameLine { kind, of, from, to } = line;
    let of = || {
        of.as_deref()
            .ok_or_else(|| format!("the rename of `{from}` does not say where"))?
            .parse::<ObjectName>()
    };
    Ok(match kind.as_str() {
        "schema" => Rename::Namespace { from, to },
        "table" => Rename::Table { from: from.parse()?, to: to.parse()? },
        "enum" => Rename::Enum { from: from.parse()?, to: to.parse()? },
        "sequence" => Rename::Sequence { from: from.parse()?, to: to.parse()? },
        "column" => Rename::Column { table: of()?, from, to },
        "enum value" => Rename::EnumValue { name: of()?, from, to },
        "constraint" => Rename::Constraint { table: of()?, from, to },
        "index" => Rename::Index { table: of()?, from, to },
        word => {
            let kind = EntityKind::ALL
                .into_iter()
                .find(|kind| kind.word() == word)
                .or_else(|| (word == INDEX_OF_VIEW).then_some(EntityKind::Index))
                .ok_or_else(|| format!("`{word}` is no kind of rename"))?;
            let id = |text: &str| -> Result<EntityId, String> {
                Ok(match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
                    Some((name, arguments)) if kind.is_routine() => {
                        EntityId::member(kind, &name.parse()?, arguments)
                    }
                    _ if kind.is_member() => EntityId::member(kind, &of()?, text),
                    _ => EntityId::object(kind, text.parse()?),
                })
            };
            Rename::Object { from: id(&from)?, to: id(&to)? }
        }
    })
}

fn change_line(change: &EntityChange) -> ChangeLine {
    let IdJson { kind, of, name } = write_id(&change.id);
    ChangeLine {
        kind,
        of,
        name,
        at: change.at,
        before: change.before.as_ref().map(|entity| Box::new(write_value(entity))),
        after: change.after.as_ref().map(|entity| Box::new(write_value(entity))),
    }
}

fn write_id(id: &EntityId) -> IdJson {
    let (of, name) = match &id.member {
        Some(member) => (Some(id.object.to_string()), member.clone()),
        None => (None, id.object.to_string()),
    };
    IdJson { kind: id.kind.word().to_owned(), of, name }
}

fn read_id(line: &IdJson) -> Result<EntityId, String> {
    let kind = EntityKind::ALL
        .into_iter()
        .find(|kind| kind.word() == line.kind)
        .ok_or_else(|| format!("`{}` is no kind of entity", line.kind))?;
    Ok(match &line.of {
        Some(object) => EntityId::member(kind, &object.parse()?, line.name.as_str()),
        None => EntityId::object(kind, line.name.parse()?),
    })
}

pub(super) fn read_change(line: ChangeLine) -> Result<EntityChange, String> {
    let id = read_id(&IdJson { kind: line.kind, of: line.of, name: line.name })?;
    let read = |value: Option<Box<Value>>| value.map(|value| read_value(&id, *value)).transpose();
    let (before, after) = (read(line.before)?, read(line.after)?);
    Ok(EntityChange { at: line.at, before, after, id })
}

fn word_of_action(action: ReferentialAction) -> Option<String> {
    let word = match action {
        ReferentialAction::NoAction => return None,
        ReferentialAction::Restrict => "restrict",
        ReferentialAction::Cascade => "cascade",
        ReferentialAction::SetNull => "set null",
        ReferentialAction::SetDefault => "set default",
    };
    Some(word.to_owned())
}

fn read_action(word: Option<String>) -> Result<ReferentialAction, String> {
    Ok(match word.as_deref() {
        None => ReferentialAction::NoAction,
        Some("restrict") => ReferentialAction::Restrict,
        Some("cascade") => ReferentialAction::Cascade,
        Some("set null") => ReferentialAction::SetNull,
        Some("set default") => ReferentialAction::SetDefault,
        Some(word) => return Err(format!("`{word}` is no action of a foreign key")),
    })
}

fn word_of_deferrable(deferrable: Option<Deferrable>) -> Option<String> {
    deferrable.map(|deferrable| match deferrable {
        Deferrable::Immediate => "immediate".to_owned(),
        Deferrable::Deferred => "deferred".to_owned(),
    })
}

fn read_deferrable(word: Option<String>) -> Result<Option<Deferrable>, String> {
    match word.as_deref() {
        None => Ok(None),
        Some("immediate") => Ok(Some(Deferrable::Immediate)),
        Some("deferred") => Ok(Some(Deferrable::Deferred)),
        Some(word) => Err(format!("`{word}` is not `immediate` or `deferred`")),
    }
}

fn write_options(options: &SequenceOptions) -> Option<OptionsJson> {
    let json = OptionsJson {
        start: options.start,
        increment: options.increment,
        min: options.min,
        max: options.max,
        cache: options.cache,
        cycle: options.cycle,
    };
    (json != OptionsJson::default()).then_some(json)
}

fn read_options(json: Option<OptionsJson>) -> SequenceOptions {
    let json = json.unwrap_or_default();
    SequenceOptions {
        start: json.start,
        increment: json.increment,
        min: json.min,
        max: json.max,
        cache: json.cache,
        cycle: json.cycle,
    }
}

fn write_extra(extra: &Extra, value: &mut Value) {
    value.properties.clone_from(&extra.properties);
    value.inherited = extra.is_inherited;
    value.uses = extra.uses.0.iter().map(write_id).collect();
}

fn read_extra(value: &mut Value) -> Result<Extra, String> {
    let uses = std::mem::take(&mut value.uses);
    Ok(Extra {
        properties: std::mem::take(&mut value.properties),
        is_inherited: value.inherited,
        order: crate::model::Order::default(),
        uses: uses.iter().map(read_id).collect::<Result<_, _>>()?,
    })
}

fn write_value(entity: &Entity) -> Value {
    let mut value = Value::default();
    write_extra(entity.extra(), &mut value);
    match entity {
        Entity::Namespace(namespace) => value.comment.clone_from(&namespace.comment),
        Entity::Enum(enum_type) => {
            value.values.clone_from(&enum_type.values);
            value.comment.clone_from(&enum_type.comment);
        }
        Entity::Sequence(sequence) => {
            value.ty = sequence.ty.as_ref().map(ColumnType::to_string);
            value.options = write_options(&sequence.options);
            value.comment.clone_from(&sequence.comment);
        }
        Entity::Table(options) => {
            value.comment.clone_from(&options.comment);
            value.strict = options.is_strict;
            value.without_rowid = options.is_without_rowid;
            value.engine.clone_from(&options.engine);
            value.charset.clone_from(&options.charset);
            value.collation.clone_from(&options.collation);
            value.partition_by.clone_from(&options.partition_by);
            value.partition_of = options.partition_of.as_ref().map(|of| of.parent.to_string());
            value.bound = options.partition_of.as_ref().map(|of| of.bound.clone());
            value.inherits = options.inherits.iter().map(ObjectName::to_string).collect();
        }
        Entity::Object(object) => value.definition = Some(object.definition.clone()),
        Entity::Column(column) => write_column(column, &mut value),
        Entity::PrimaryKey(key) => {
            value.constraint = Some(key.name.text.clone());
            value.implicit = key.name.is_implicit;
            value.columns.clone_from(&key.columns);
            value.include.clone_from(&key.include);
            value.temporal = key.is_temporal;
            value.deferrable = word_of_deferrable(key.deferrable);
        }
        Entity::Unique(unique) => {
            value.implicit = unique.name.is_implicit;
            value.columns.clone_from(&unique.columns);
            value.include.clone_from(&unique.include);
            value.temporal = unique.is_temporal;
            value.nulls_not_distinct = unique.nulls_not_distinct;
            value.deferrable = word_of_deferrable(unique.deferrable);
        }
        Entity::ForeignKey(key) => {
            value.implicit = key.name.is_implicit;
            value.columns.clone_from(&key.columns);
            value.references = Some(key.references.to_string());
            value.referenced_columns.clone_from(&key.referenced_columns);
            value.on_delete = word_of_action(key.on_delete);
            value.on_update = word_of_action(key.on_update);
            value.set_columns.clone_from(&key.set_columns);
            value.temporal = key.is_temporal;
            value.match_full = key.match_type == MatchType::Full;
            value.deferrable = word_of_deferrable(key.deferrable);
        }
        Entity::Check(check) => {
            value.implicit = check.name.is_implicit;
            value.expression = Some(check.expression.clone());
            value.no_inherit = check.is_no_inherit;
        }
        Entity::Index(index) => {
            value.implicit = index.name.is_implicit;
            value.unique = index.is_unique;
            value.nulls_not_distinct = index.nulls_not_distinct;
            value.parts = index.parts.iter().map(write_part).collect();
            value.method.clone_from(&index.method);
            value.include.clone_from(&index.include);
            value.predicate.clone_from(&index.predicate);
            value.with.clone_from(&index.with);
            value.comment.clone_from(&index.comment);
            value.concurrently = index.is_concurrent;
        }
    }
    value
}

fn write_column(column: &Column, value: &mut Value) {
    value.ty = Some(column.ty.to_string());
    value.nullable = column.is_nullable;
    value.default = column.default.as_ref().map(|default| match default {
        DefaultValue::Boolean(value) => DefaultJson::Boolean(*value),
        DefaultValue::Number(number) => DefaultJson::Number(number.clone()),
        DefaultValue::Text(text) => DefaultJson::Text(text.clone()),
        DefaultValue::Now => DefaultJson::Now,
        DefaultValue::Expression(text) => DefaultJson::Sql(text.clone()),
    });
    if let Some(identity) = &column.identity {
        value.identity = Some(
            match identity.kind {
                IdentityKind::Always => "always",
                IdentityKind::ByDefault => "by default",
                IdentityKind::Serial => "serial",
                IdentityKind::AutoIncrement => "auto increment",
            }
            .to_owned(),
        );
        value.options = write_options(&identity.options);
    }
    value.generated = column.generated.as_ref().map(|generated| match generated.kind {
        GeneratedKind::Stored => GeneratedJson::Stored(generated.expression.clone()),
        GeneratedKind::Virtual => GeneratedJson::Virtual(generated.expression.clone()),
    });
    value.collation.clone_from(&column.collation);
    value.charset.clone_from(&column.charset);
    value.on_update.clone_from(&column.on_update);
    value.comment.clone_from(&column.comment);
}

fn write_part(part: &IndexPart) -> PartJson {
    let (column, sql) = match &part.target {
        IndexTarget::Column(name) => (Some(name.clone()), None),
        IndexTarget::Expression(text) => (None, Some(text.clone())),
    };
    PartJson {
        column,
        sql,
        desc: part.order == SortOrder::Descending,
        nulls: part.nulls.map(|nulls| {
            match nulls {
                NullsOrder::First => "first",
                NullsOrder::Last => "last",
            }
            .to_owned()
        }),
        opclass: part.opclass.clone(),
        collation: part.collation.clone(),
        prefix: part.prefix,
    }
}

fn read_value(id: &EntityId, mut value: Value) -> Result<Entity, String> {
    let extra = read_extra(&mut value)?;
    if let Some(definition) = value.definition {
        return Ok(Entity::from(Object { id: id.clone(), definition, extra }));
    }
    let member = id.member.clone().unwrap_or_default();
    let name = Name { text: member.clone(), is_implicit: value.implicit };
    Ok(match id.kind {
        EntityKind::Namespace => {
            Entity::from(Namespace { name: id.object.name.clone(), comment: value.comment, extra })
        }
        EntityKind::Enum => Entity::from(EnumType {
            name: id.object.clone(),
            values: value.values,
            comment: value.comment,
            extra,
        }),
        EntityKind::Sequence => Entity::from(Sequence {
            name: id.object.clone(),
            ty: value.ty.map(|ty| ty.parse().map_err(|error| format!("{error}"))).transpose()?,
            options: read_options(value.options),
            comment: value.comment,
            extra,
        }),
        EntityKind::Table => Entity::from(TableOptions {
            comment: value.comment,
            is_strict: value.strict,
            is_without_rowid: value.without_rowid,
            engine: value.engine,
            charset: value.charset,
            collation: value.collation,
            partition_by: value.partition_by,
            partition_of: match (value.partition_of, value.bound) {
                (Some(parent), Some(bound)) => Some(PartitionOf { parent: parent.parse()?, bound }),
                _ => None,
            },
            inherits: value.inherits.iter().map(|name| name.parse()).collect::<Result<_, _>>()?,
            extra,
        }),
        EntityKind::Column => Entity::from(read_column(member, value, extra)?),
        EntityKind::PrimaryKey => Entity::from(PrimaryKey {
            name: Name { text: value.constraint.unwrap_or(member), is_implicit: value.implicit },
            columns: value.columns,
            include: value.include,
            is_temporal: value.temporal,
            deferrable: read_deferrable(value.deferrable)?,
            extra,
        }),
        EntityKind::Unique => Entity::from(Unique {
            name,
            columns: value.columns,
            include: value.include,
            is_temporal: value.temporal,
            nulls_not_distinct: value.nulls_not_distinct,
            deferrable: read_deferrable(value.deferrable)?,
            extra,
        }),
        EntityKind::ForeignKey => Entity::from(ForeignKey {
            name,
            columns: value.columns,
            references: value
                .references
                .ok_or_else(|| format!("`{id}` points nowhere"))?
                .parse()?,
            referenced_columns: value.referenced_columns,
            on_delete: read_action(value.on_delete)?,
            set_columns: value.set_columns,
            on_update: read_action(value.on_update)?,
            is_temporal: value.temporal,
            match_type: if value.match_full { MatchType::Full } else { MatchType::Simple },
            deferrable: read_deferrable(value.deferrable)?,
            extra,
        }),
        EntityKind::Check => Entity::from(Check {
            name,
            expression: value.expression.unwrap_or_default(),
            is_no_inherit: value.no_inherit,
            extra,
        }),
        EntityKind::Index => Entity::from(Index {
            name,
            is_unique: value.unique,
            nulls_not_distinct: value.nulls_not_distinct,
            parts: value.parts.into_iter().map(read_part).collect::<Result<_, _>>()?,
            method: value.method,
            include: value.include,
            predicate: value.predicate,
            with: value.with,
            comment: value.comment,
            is_concurrent: value.concurrently,
            extra,
        }),
        EntityKind::EnumValue => return Err("an enum value is no entity of its own".to_owned()),
        other => return Err(format!("the {} `{id}` has no definition", other.word())),
    })
}

fn read_column(name: String, value: Value, extra: Extra) -> Result<Column, String> {
    let ty = value.ty.ok_or_else(|| format!("column `{name}` has no type"))?;
    let identity = value.identity.map(|word| {
        let kind = match word.as_str() {
            "always" => IdentityKind::Always,
            "by default" => IdentityKind::ByDefault,
            "serial" => IdentityKind::Serial,
            "auto increment" => IdentityKind::AutoIncrement,
            _ => return Err(format!("`{word}` is no kind of identity")),
        };
        Ok((kind, word))
    });
    let identity = identity
        .transpose()?
        .map(|(kind, _)| Box::new(Identity { kind, options: read_options(value.options) }));
    Ok(Column {
        ty: ty.parse().map_err(|error| format!("{error}"))?,
        is_nullable: value.nullable,
        default: value.default.map(|default| match default {
            DefaultJson::Boolean(value) => DefaultValue::Boolean(value),
            DefaultJson::Number(number) => DefaultValue::Number(number),
            DefaultJson::Text(text) => DefaultValue::Text(text),
            DefaultJson::Now => DefaultValue::Now,
            DefaultJson::Sql(text) => DefaultValue::Expression(text),
        }),
        identity,
        generated: value.generated.map(|generated| match generated {
            GeneratedJson::Stored(expression) => {
                Generated { expression, kind: GeneratedKind::Stored }
            }
            GeneratedJson::Virtual(expression) => {
                Generated { expression, kind: GeneratedKind::Virtual }
            }
        }),
        collation: value.collation,
        charset: value.charset,
        on_update: value.on_update,
        comment: value.comment,
        extra,
        name,
    })
}

fn read_part(part: PartJson) -> Result<IndexPart, String> {
    let target = match (part.column, part.sql) {
        (Some(column), None) => IndexTarget::Column(column),
        (None, Some(text)) => IndexTarget::Expression(text),
        _ => return Err("a part of an index is either a column or SQL".to_owned()),
    };
    Ok(IndexPart {
        target,
        order: if part.desc { SortOrder::Descending } else { SortOrder::Ascending },
        nulls: match part.nulls.as_deref() {
            None => None,
            Some("first") => Some(NullsOrder::First),
            Some("last") => Some(NullsOrder::Last),
            Some(word) => return Err(format!("`{word}` is not `first` or `last`")),
        },
        opclass: part.opclass,
        collation: part.collation,
        prefix: part.prefix,
    })
}
