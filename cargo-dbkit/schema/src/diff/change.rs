//! The closed enum of changes. A new variant fails to compile in plan and render until it is handled there.

use std::collections::BTreeMap;

use crate::model::{
    Check, Column, EntityId, EnumType, Extra, ForeignKey, Index, Namespace, Object, ObjectName,
    PrimaryKey, Sequence, Shared, Table, TableOptions, Unique,
};

/// The kinds of constraints that have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`.
    PrimaryKey,
    /// `UNIQUE`.
    Unique,
    /// `FOREIGN KEY`.
    ForeignKey,
    /// `CHECK`.
    Check,
}

/// One difference between two schemas.
///
/// Renames come first in a list of changes; every later change names things by their *new* names. A dropped or
/// altered thing carries its whole old value, so that the way back can be worked out from the change alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants and their fields say what they are")]
pub enum Change {
    CreateNamespace(Namespace),
    DropNamespace(Namespace),
    RenameNamespace {
        from: String,
        to: String,
    },
    AlterNamespace {
        from: Namespace,
        to: Namespace,
    },

    CreateEnum(EnumType),
    DropEnum(EnumType),
    RenameEnum {
        from: ObjectName,
        to: ObjectName,
    },
    RenameEnumValue {
        name: ObjectName,
        from: String,
        to: String,
    },
    /// Values were added, removed or reordered (or the comment changed); `from` has its value renames applied.
    /// `mapping` says what rows that hold a removed value get.
    AlterEnum {
        from: EnumType,
        to: EnumType,
        mapping: BTreeMap<String, String>,
    },

    CreateSequence(Sequence),
    DropSequence(Sequence),
    RenameSequence {
        from: ObjectName,
        to: ObjectName,
    },
    AlterSequence {
        from: Sequence,
        to: Sequence,
    },

    /// With all its constraints and indexes.
    CreateTable(Shared<Table>),
    DropTable(Shared<Table>),
    RenameTable {
        from: ObjectName,
        to: ObjectName,
    },
    AlterTable {
        table: ObjectName,
        from: TableOptions,
        to: TableOptions,
    },

    AddColumn {
        table: ObjectName,
        column: Shared<Column>,
    },
    DropColumn {
        table: ObjectName,
        column: Shared<Column>,
    },
    RenameColumn {
        table: ObjectName,
        from: String,
        to: String,
    },
    /// Anything but the name.
    AlterColumn {
        table: ObjectName,
        from: Shared<Column>,
        to: Shared<Column>,
    },

    AddPrimaryKey {
        table: ObjectName,
        key: PrimaryKey,
    },
    DropPrimaryKey {
        table: ObjectName,
        key: PrimaryKey,
    },
    AddUnique {
        table: ObjectName,
        unique: Unique,
    },
    DropUnique {
        table: ObjectName,
        unique: Unique,
    },
    AddForeignKey {
        table: ObjectName,
        key: ForeignKey,
    },
    DropForeignKey {
        table: ObjectName,
        key: ForeignKey,
    },
    AddCheck {
        table: ObjectName,
        check: Check,
    },
    DropCheck {
        table: ObjectName,
        check: Check,
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
    /// Only its comment or its properties changed.
    AlterIndex {
        table: ObjectName,
        from: Index,
        to: Index,
    },
    /// Only what a constraint carries beside its own fields changed.
    AlterConstraint {
        id: EntityId,
        from: Extra,
        to: Extra,
    },

    CreateObject(Object),
    DropObject(Object),
    /// A member is given with the new name of its relation on both sides.
    RenameObject {
        from: EntityId,
        to: EntityId,
    },
    /// Definition, properties or both.
    AlterObject {
        from: Object,
        to: Object,
    },
}
