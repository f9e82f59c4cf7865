//! The serde types of changes.json. The model has none, so that a renamed field there does not change files.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::EntityChange;

/// The whole file. Its lines become changes while they are read: a line as JSON is several times as large.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) dbkit: String,
    pub(super) version: u32,
    #[serde(default)]
    pub(super) first: Vec<Line>,
    #[serde(default)]
    pub(super) renames: Vec<RenameLine>,
    #[serde(default)]
    pub(super) changes: Vec<Line>,
}

/// A change that was a line.
#[derive(Debug)]
pub(super) struct Line(pub(super) EntityChange);

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let line = ChangeLine::deserialize(deserializer)?;
        super::text::read_change(line).map(Self).map_err(D::Error::custom)
    }
}

/// What can be told of a file of any version.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) version: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RenameLine {
    pub(super) kind: String,
    /// The table or enum of a member, by its new name.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeLine {
    pub(super) kind: String,
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<String>,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Box<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<Box<Value>>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Everything that any kind of entity may hold; what is not said is the default.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Value {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) ty: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) nullable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<DefaultJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) generated: Option<GeneratedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) collation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) charset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on_update: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on_delete: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    /// The name was not written by the user. A primary key keeps its name here.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) implicit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) constraint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) columns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deferrable: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) nulls_not_distinct: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) references: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) referenced_columns: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) match_full: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) temporal: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) set_columns: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) no_inherit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expression: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) unique: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) parts: Vec<PartJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) include: Vec<String>,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub(super) predicate: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) with: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) concurrently: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) options: Option<OptionsJson>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) strict: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) without_rowid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) engine: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partition_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partition_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bound: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) inherits: Vec<String>,
    /// The `CREATE` statement of an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) definition: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) properties: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) inherited: bool,
    /// What it stands on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) uses: Vec<IdJson>,
}

/// Names another entity.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdJson {
    pub(super) kind: String,
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<String>,
    pub(super) name: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum DefaultJson {
    Boolean(bool),
    Number(String),
    Text(String),
    Now,
    Sql(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum GeneratedJson {
    Stored(String),
    Virtual(String),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PartJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sql: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) desc: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nulls: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) opclass: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) collation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prefix: Option<u32>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OptionsJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) increment: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cache: Option<i64>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) cycle: bool,
}
