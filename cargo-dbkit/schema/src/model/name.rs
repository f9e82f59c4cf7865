//! Names: of objects in a namespace, of constraints and indexes in a table, of anything in a schema.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The name of a table, enum or sequence, with its namespace where that is not the default one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// `None` is the dialect's default namespace (`public` on PostgreSQL).
    pub schema: Option<String>,
    /// The name inside the namespace, as stored (not folded).
    pub name: String,
}

impl ObjectName {
    /// A name in the default namespace.
    pub fn new(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into() }
    }

    /// A name in the given namespace.
    pub fn qualified(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: Some(schema.into()), name: name.into() }
    }

    /// The same namespace, another name.
    #[must_use]
    pub fn with_name(&self, name: impl Into<String>) -> Self {
        Self { schema: self.schema.clone(), name: name.into() }
    }
}

fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$' || c == '-')
}

fn write_part(f: &mut fmt::Formatter<'_>, part: &str) -> fmt::Result {
    if is_plain(part) { f.write_str(part) } else { write!(f, "\"{}\"", part.replace('"', "\"\"")) }
}

/// dbkit's own text form, `shop.orders`; parts that are not plain words stand in double quotes. Not SQL.
impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write_part(f, schema)?;
            f.write_str(".")?;
        }
        write_part(f, &self.name)
    }
}

/// Splits dbkit's text form of a dotted name into its parts.
pub(crate) fn split_dotted(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut part = String::new();
            let mut chars = quoted.char_indices();
            let end = loop {
                let (at, c) = chars.next()?;
                if c != '"' {
                    part.push(c);
                } else if quoted[at + 1..].starts_with('"') {
                    part.push('"');
                    chars.next();
                } else {
                    break at + 1;
                }
            };
            parts.push(part);
            rest = &quoted[end..];
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            parts.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

impl FromStr for ObjectName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match split_dotted(text).as_deref() {
            Some([name]) => Ok(Self::new(name)),
            Some([schema, name]) => Ok(Self::qualified(schema, name)),
            _ => Err(format!("expected a name like `users` or `shop.users`, found `{text}`")),
        }
    }
}

/// The name of a constraint or an index, and whether a person chose it.
///
/// Equality and order look only at the text: an implicit name stays as it is when its table is renamed, and
/// whether it was implicit is only a help for matching, never a difference.
#[derive(Debug, Clone)]
pub struct Name {
    /// The name as stored.
    pub text: String,
    /// Derived by the reader's naming rule, not written by the user.
    pub is_implicit: bool,
}

impl Name {
    /// A name that the user wrote.
    pub fn explicit(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_implicit: false }
    }

    /// A name that the naming rule gave.
    pub fn implicit(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_implicit: true }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The kinds of things that have a name in a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// `CREATE SCHEMA`.
    Namespace,
    /// An enum type.
    Enum,
    /// One value of an enum type.
    EnumValue,
    /// A sequence that stands alone.
    Sequence,
    /// A table.
    Table,
    /// A column.
    Column,
    /// A primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check constraint.
    Check,
    /// An index.
    Index,
    /// An exclusion constraint.
    Exclusion,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A function; the member of its id is the types of its arguments.
    Function,
    /// A procedure, named like a function.
    Procedure,
    /// An aggregate function, named like a function.
    Aggregate,
    /// A trigger of a table or view.
    Trigger,
    /// A trigger on DDL.
    EventTrigger,
    /// A policy of a table.
    Policy,
    /// A rewrite rule of a table or view.
    Rule,
    /// A domain.
    Domain,
    /// A composite type.
    CompositeType,
    /// A range type.
    RangeType,
    /// An extension.
    Extension,
    /// A collation.
    Collation,
    /// Extended statistics.
    Statistics,
    /// A publication.
    Publication,
    /// A subscription.
    Subscription,
    /// A foreign data wrapper.
    ForeignDataWrapper,
    /// A foreign server.
    ForeignServer,
    /// A foreign table.
    ForeignTable,
    /// A user mapping of a foreign server.
    UserMapping,
    /// Privileges that new objects get.
    DefaultPrivileges,
    /// An operator, named by the types of its operands.
    Operator,
    /// An operator family; the member of its id is the index method.
    OperatorFamily,
    /// An operator class, named like a family.
    OperatorClass,
    /// A cast, named `from AS to`.
    Cast,
    /// A text search dictionary.
    TextSearchDictionary,
    /// A text search configuration.
    TextSearchConfiguration,
    /// A scheduled event (MySQL).
    Event,
    /// A virtual table (SQLite).
    VirtualTable,
    /// Statements that make something dbkit does not look into, and others that take it away (the property `drop`).
    Script,
}

impl EntityKind {
    /// All of them.
    pub const ALL: [Self; 43] = [
        Self::Namespace,
        Self::Enum,
        Self::EnumValue,
        Self::Sequence,
        Self::Table,
        Self::Column,
        Self::PrimaryKey,
        Self::Unique,
        Self::ForeignKey,
        Self::Check,
        Self::Index,
        Self::Exclusion,
        Self::View,
        Self::MaterializedView,
        Self::Function,
        Self::Procedure,
        Self::Aggregate,
        Self::Trigger,
        Self::EventTrigger,
        Self::Policy,
        Self::Rule,
        Self::Domain,
        Self::CompositeType,
        Self::RangeType,
        Self::Extension,
        Self::Collation,
        Self::Statistics,
        Self::Publication,
        Self::Subscription,
        Self::ForeignDataWrapper,
        Self::ForeignServer,
        Self::ForeignTable,
        Self::UserMapping,
        Self::DefaultPrivileges,
        Self::Operator,
        Self::OperatorFamily,
        Self::OperatorClass,
        Self::Cast,
        Self::TextSearchDictionary,
        Self::TextSearchConfiguration,
        Self::Event,
        Self::VirtualTable,
        Self::Script,
    ];

    /// Whether the id of such a thing names a relation and something that belongs to it.
    pub fn is_member(self) -> bool {
        matches!(
            self,
            Self::Column
                | Self::PrimaryKey
                | Self::Unique
                | Self::ForeignKey
                | Self::Check
                | Self::Index
                | Self::Exclusion
                | Self::Trigger
                | Self::Policy
                | Self::Rule
        )
    }

    /// Whether it is a function of some kind, so that the member of its id is the types of its arguments.
    pub fn is_routine(self) -> bool {
        matches!(self, Self::Function | Self::Procedure | Self::Aggregate)
    }

    /// The word for it in messages and in changes.json.
    pub fn word(self) -> &'static str {
        match self {
            Self::Namespace => "schema",
            Self::Enum => "enum",
            Self::EnumValue => "enum value",
            Self::Sequence => "sequence",
            Self::Table => "table",
            Self::Column => "column",
            Self::PrimaryKey => "primary key",
            Self::Unique => "unique",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
            Self::Index => "index",
            Self::Exclusion => "exclusion",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Aggregate => "aggregate",
            Self::Trigger => "trigger",
            Self::EventTrigger => "event trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Domain => "domain",
            Self::CompositeType => "composite type",
            Self::RangeType => "range type",
            Self::Extension => "extension",
            Self::Collation => "collation",
            Self::Statistics => "statistics",
            Self::Publication => "publication",
            Self::Subscription => "subscription",
            Self::ForeignDataWrapper => "foreign data wrapper",
            Self::ForeignServer => "foreign server",
            Self::ForeignTable => "foreign table",
            Self::UserMapping => "user mapping",
            Self::DefaultPrivileges => "default privileges",
            Self::Operator => "operator",
            Self::OperatorFamily => "operator family",
            Self::OperatorClass => "operator class",
            Self::Cast => "cast",
            Self::TextSearchDictionary => "text search dictionary",
            Self::TextSearchConfiguration => "text search configuration",
            Self::Event => "event",
            Self::VirtualTable => "virtual table",
            Self::Script => "script",
        }
    }
}

/// Names one thing in a schema, as questions, hints, hazards and messages do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId {
    /// What kind of thing.
    pub kind: EntityKind,
    /// The object, or the table (or enum) that the member belongs to. A namespace is its own name.
    pub object: ObjectName,
    /// Column, constraint, index or enum value inside the object.
    pub member: Option<String>,
}

impl EntityId {
    /// A table, enum, sequence or namespace.
    pub fn object(kind: EntityKind, object: ObjectName) -> Self {
        Self { kind, object, member: None }
    }

    /// A part of an object.
    pub fn member(kind: EntityKind, object: &ObjectName, member: impl Into<String>) -> Self {
        Self { kind, object: object.clone(), member: Some(member.into()) }
    }

    /// A table.
    pub fn table(table: &ObjectName) -> Self {
        Self::object(EntityKind::Table, table.clone())
    }

    /// A column.
    pub fn column(table: &ObjectName, column: impl Into<String>) -> Self {
        Self::member(EntityKind::Column, table, column)
    }
}

/// `users`, `users.email`, `shop.orders.total`: what flags such as `--rename` and `--allow` are written with.
impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.object)?;
        if let Some(member) = &self.member {
            f.write_str(".")?;
            write_part(f, member)?;
        }
        Ok(())
    }
}
