//! What is said of views, policies, triggers and the rest; dialects and other items not looked at yet.

use proc_macro2::Span;

use crate::model::{EntityKind, SequenceOptions};

use super::extra::ExtraItem;
use super::item::{Cfg, FieldItem, IndexItem, PartItem, Spanned};

/// SQL that stands in the code or in a file beside it.
#[derive(Debug, Clone)]
pub(crate) enum SqlItem {
    Text(Spanned<String>),
    /// A path relative to the package.
    File(Spanned<String>),
}

/// A struct with `#[derive(View)]`.
#[derive(Debug, Clone)]
pub(crate) struct ViewItem {
    pub(crate) rust_name: Spanned<String>,
    pub(crate) view: Option<Spanned<String>>,
    pub(crate) schema: Option<String>,
    pub(crate) is_materialized: bool,
    pub(crate) query: Option<SqlItem>,
    /// Structs of tables and views that it reads.
    pub(crate) depends_on: Vec<Spanned<Vec<String>>>,
    pub(crate) indexes: Vec<IndexItem>,
    /// `WITH (..)`.
    pub(crate) with: Vec<(String, String)>,
    pub(crate) comment: Option<String>,
    pub(crate) fields: Vec<FieldItem>,
    pub(crate) cfg: Vec<Cfg>,
    pub(crate) crate_path: Option<String>,
}

/// `policy("name", for(select), to("role"), restrictive, using = "..", with_check = "..")`.
#[derive(Debug, Clone)]
pub(crate) struct PolicyItem {
    pub(crate) name: Spanned<String>,
    pub(crate) is_restrictive: bool,
    pub(crate) command: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) using: Option<String>,
    pub(crate) with_check: Option<String>,
}

/// An event that fires a trigger; columns only of an update.
#[derive(Debug, Clone)]
pub(crate) struct EventItem {
    pub(crate) word: String,
    pub(crate) columns: Vec<Spanned<String>>,
}

/// `trigger("name", before(update), each(row), when = "..", execute = "f()")`, or with a `body`.
#[derive(Debug, Clone)]
pub(crate) struct TriggerItem {
    pub(crate) name: Spanned<String>,
    pub(crate) timing: String,
    pub(crate) events: Vec<EventItem>,
    pub(crate) is_each_row: bool,
    pub(crate) when: Option<String>,
    pub(crate) execute: Option<String>,
    pub(crate) body: Option<SqlItem>,
    pub(crate) span: Span,
}

/// `exclude("name", method(gist), on(with(room_id, "="), with(expr("during"), "&&")), where = "..")`.
#[derive(Debug, Clone)]
pub(crate) struct ExcludeItem {
    pub(crate) name: Spanned<String>,
    pub(crate) method: Option<String>,
    pub(crate) elements: Vec<(PartItem, String)>,
    pub(crate) predicate: Option<String>,
}

/// `partition_by(range(created_at))`.
#[derive(Debug, Clone)]
pub(crate) struct PartitionItem {
    /// The whole of it as the database says it: `partition_by("RANGE (created_at)")`.
    pub(crate) sql: Option<String>,
    pub(crate) word: String,
    pub(crate) parts: Vec<PartItem>,
}

/// `dbkit::objects! { .. }`.
#[derive(Debug, Clone)]
pub(crate) enum ObjectItem {
    Namespace {
        name: Spanned<String>,
        comment: Option<String>,
        extra: ExtraItem,
    },
    Sequence {
        name: Spanned<String>,
        options: SequenceOptions,
        /// `type = "integer"`.
        ty: Option<Spanned<String>>,
        comment: Option<String>,
        extra: ExtraItem,
    },
    /// Of any kind, by the statement that makes it: `view("shop.totals", sql = "CREATE VIEW ..")`.
    Statement {
        kind: EntityKind,
        name: Spanned<String>,
        /// The table of a trigger, a policy, ..
        on: Option<Spanned<String>>,
        sql: SqlItem,
        extra: ExtraItem,
    },
    Extension {
        name: Spanned<String>,
        schema: Option<String>,
        version: Option<String>,
    },
    /// `function("area(integer, integer)", sql = "CREATE FUNCTION ..")`; procedures likewise.
    Routine {
        signature: Spanned<String>,
        is_procedure: bool,
        sql: SqlItem,
        extra: ExtraItem,
    },
    Domain {
        name: Spanned<String>,
        ty: String,
        is_required: bool,
        default: Option<String>,
        checks: Vec<(Option<String>, String)>,
    },
    Composite {
        name: Spanned<String>,
        fields: Vec<(String, String)>,
    },
    Sql {
        name: Spanned<String>,
        create: SqlItem,
        drop: Option<SqlItem>,
    },
}
