//! The vocabulary of a plan: what `render` can be asked to write.

use std::collections::BTreeMap;

use crate::diff::{Change, ConstraintKind};
use crate::model::{
    Check, Column, ColumnType, DefaultValue, EntityId, EnumType, ForeignKey, Identity, Index,
    Namespace, Object, ObjectName, PrimaryKey, Sequence, SequenceOptions, Shared, Table,
    TableOptions, Unique,
};

use super::{Hazard, Kept};

/// A constraint of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say what they are")]
pub enum Constraint {
    PrimaryKey(PrimaryKey),
    Unique(Unique),
    ForeignKey(ForeignKey),
    Check(Check),
}

/// Where a new enum value goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say what they are")]
pub enum EnumPosition {
    Before(String),
    After(String),
    Last,
}

/// A new table takes the place of an old one, with its rows (SQLite).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuild {
    /// As it is before, under the name it has when the rebuild starts.
    pub from: Table,
    /// As it is afterwards; same name as `from`.
    pub to: Table,
    /// Column of `to` -> SQL over the columns of `from`. Columns that are not here take their defaults.
    pub copy: Vec<(String, String)>,
}

/// How the value of a column becomes one of another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Using {
    /// A plain cast.
    Cast,
    /// By another type, where there is no cast: a truth and a small number go by the usual integer.
    Through(ColumnType),
    /// SQL over the row, verbatim, as a person wrote it.
    Sql(String),
    /// The text of an enum value, with those of the mapping replaced, as the new type.
    Values(BTreeMap<String, String>),
}

/// A value that rows get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL over the row, verbatim, as a person wrote it.
    Sql(String),
    /// What new rows get.
    Default(DefaultValue),
}

/// The rows that an update reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say what they are")]
pub enum Rows {
    All,
    /// Where the column is NULL.
    Null,
    /// Where the column holds a text.
    Equal(String),
}

/// One thing that a dialect can execute. `render` is total over the actions that `plan` emits for a dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants and their fields say what they are")]
pub enum Action {
    CreateNamespace(Namespace),
    DropNamespace(String),
    RenameNamespace {
        from: String,
        to: String,
    },

    CreateEnum(EnumType),
    DropEnum(ObjectName),
    RenameEnum {
        from: ObjectName,
        to: ObjectName,
    },
    RenameEnumValue {
        name: ObjectName,
        from: String,
        to: String,
    },
    AddEnumValue {
        name: ObjectName,
        value: String,
        position: EnumPosition,
    },

    CreateSequence(Sequence),
    DropSequence(ObjectName),
    RenameSequence {
        from: ObjectName,
        to: ObjectName,
    },
    AlterSequence {
        from: Sequence,
        to: Sequence,
    },

    /// Constraints that are in the table are written inline; indexes are actions of their own (but MySQL may inline them).
    CreateTable(Shared<Table>),
    DropTable(ObjectName),
    RenameTable {
        from: ObjectName,
        to: ObjectName,
    },
    SetTableOptions {
        table: ObjectName,
        from: TableOptions,
        to: TableOptions,
    },
    Rebuild(Box<Rebuild>),

    AddColumn {
        table: ObjectName,
        column: Shared<Column>,
    },
    DropColumn {
        table: ObjectName,
        column: String,
    },
    RenameColumn {
        table: ObjectName,
        from: String,
        to: String,
    },
    /// The column restated as a whole (MySQL).
    ModifyColumn {
        table: ObjectName,
        column: Shared<Column>,
    },
    SetType {
        table: ObjectName,
        column: String,
        ty: ColumnType,
        collation: Option<String>,
        using: Option<Using>,
    },
    SetDefault {
        table: ObjectName,
        column: String,
        ty: ColumnType,
        default: DefaultValue,
    },
    DropDefault {
        table: ObjectName,
        column: String,
    },
    SetNotNull {
        table: ObjectName,
        column: String,
    },
    DropNotNull {
        table: ObjectName,
        column: String,
    },
    AddIdentity {
        table: ObjectName,
        column: String,
        ty: ColumnType,
        identity: Identity,
    },
    AlterIdentity {
        table: ObjectName,
        column: String,
        from: Identity,
        to: Identity,
    },
    DropIdentity {
        table: ObjectName,
        column: String,
        identity: Identity,
    },
    /// Sets the sequence behind a column past the largest value that is there.
    AdvanceSequence {
        table: ObjectName,
        column: String,
        /// Where it is not the column's own.
        sequence: Option<ObjectName>,
        options: SequenceOptions,
    },
    /// A generated column becomes an ordinary one and keeps its values.
    DropExpression {
        table: ObjectName,
        column: String,
    },

    /// The primary key goes and another one comes, in one statement (MySQL).
    ReplacePrimaryKey {
        table: ObjectName,
        key: Option<PrimaryKey>,
    },
    AddConstraint {
        table: ObjectName,
        constraint: Constraint,
    },
    DropConstraint {
        table: ObjectName,
        kind: ConstraintKind,
        name: String,
    },
    RenameConstraint {
        table: ObjectName,
        kind: ConstraintKind,
        from: String,
        to: String,
    },

    CreateIndex {
        table: ObjectName,
        index: Index,
    },
    DropIndex {
        table: ObjectName,
        index: Index,
    },
    RenameIndex {
        table: ObjectName,
        from: String,
        to: String,
    },

    /// A statement as a person wrote it.
    Script(String),
    CreateObject(Object),
    DropObject(Object),
    RenameObject {
        from: EntityId,
        to: EntityId,
    },
    /// Its definition changes in place.
    AlterObject {
        from: Object,
        to: Object,
    },
    /// One property of anything that is there.
    SetProperty {
        id: EntityId,
        key: String,
        from: Option<String>,
        to: Option<String>,
    },

    /// `COMMENT ON`.
    SetComment {
        entity: EntityId,
        comment: Option<String>,
    },
    /// `UPDATE table SET column = value`.
    Update {
        table: ObjectName,
        column: String,
        value: Value,
        rows: Rows,
        /// Some constraint of the table waits for the end of the transaction; it has to be checked before the table is altered.
        has_deferred: bool,
    },

    /// Copies rows into a new table, before what they are in is dropped.
    KeepRows(Box<Kept>),
    /// Fails where they are kept no more, and makes them ready to be copied back.
    CheckRows(Box<Kept>),
    /// Copies the rows of a dropped table back.
    ReturnRows(Box<Kept>),
}

/// Whether a migration runs in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionMode {
    /// With its history row.
    Transaction,
    /// Statement by statement (`-- dbkit: no-transaction`).
    None,
}

/// An action, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done. Large, and steps are moved about.
    pub action: Box<Action>,
    /// Indexes into [`Batch::changes`]: why it is done.
    pub causes: Vec<usize>,
    /// What it may lock, rewrite or lose.
    pub hazards: Vec<Hazard>,
    /// Said above the SQL where a reader would ask why.
    pub comment: Option<String>,
    /// The enums that the action's columns name, for dialects that write their values into each column.
    pub enums: BTreeMap<ObjectName, EnumType>,
}

impl Step {
    /// An action by itself: no change asked for it, and nobody has to be told of anything.
    pub fn alone(action: Action) -> Self {
        Self {
            action: Box::new(action),
            causes: Vec::new(),
            hazards: Vec::new(),
            comment: None,
            enums: BTreeMap::new(),
        }
    }
}

/// What becomes one migration: steps that may share a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The changes that this batch makes true, in order.
    pub changes: Vec<Change>,
    /// In order of execution.
    pub steps: Vec<Step>,
    /// One transaction, or none.
    pub mode: TransactionMode,
    /// SQLite: foreign keys are off around it, and checked before the commit.
    pub without_foreign_keys: bool,
}

/// Something that only a person can decide. Without an answer nothing is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Stable code of the diagnostic.
    pub code: &'static str,
    /// What it is about.
    pub entity: EntityId,
    /// What has to be decided, and why: ``dropping `users.phone` deletes its data``.
    pub message: String,
    /// The key that `--allow` accepts for going on as planned: `data-loss:users.phone`. `None`: it cannot go on so.
    pub allow: Option<String>,
    /// Other ways out: attributes, flags.
    pub helps: Vec<String>,
}

/// Changes in an order and form that one dialect can execute. Usually one batch; none when nothing differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In order of execution.
    pub batches: Vec<Batch>,
    /// What has to be decided first: data losses, required columns without a value for old rows, removed enum values.
    pub decisions: Vec<Decision>,
}

/// SQL text that knows where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// One statement, without a final semicolon.
    pub sql: String,
    /// The step, as an index into [`Batch::steps`].
    pub step: usize,
    /// What it may lock, rewrite or lose.
    pub hazards: Vec<Hazard>,
    /// Said above the SQL.
    pub comment: Option<String>,
}
