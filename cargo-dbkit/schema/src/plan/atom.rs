//! One action before it has its place, and what it needs of the others.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use crate::model::{EntityId, EnumType, ObjectName};

use super::{Action, Hazard, Step};

/// Something that actions create, change, use and drop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Thing {
    Namespace(String),
    Enum(ObjectName),
    Sequence(ObjectName),
    Table(ObjectName),
    Column(ObjectName, String),
    /// A primary key or unique constraint over these columns (sorted), which foreign keys may point to.
    Key(ObjectName, Vec<String>),
    /// A constraint or index by name.
    Member(ObjectName, String),
    /// A name that only one thing of a namespace can have: of a table, a sequence, an index, a constraint.
    Relation(ObjectName),
    /// How the rows of a table are spread over its partitions.
    Bounds(ObjectName),
    /// Anything that is kept as the database's own text.
    Object(EntityId),
}

/// Where an action would like to stand, all else being equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Rename,
    Extension,
    Found,
    Release,
    Alter,
    AddColumn,
    CreateTable,
    AddConstraint,
    Index,
    CreateObject,
    Comment,
    DropColumn,
    DropTable,
    DropObject,
    DropExtension,
    /// Privileges that new objects get: nothing of the plan itself is to get them unasked.
    Privileges,
}

/// An action, why it is there, and what it needs. Only a pointer: there are thousands, and they are moved about.
#[derive(Debug, Clone)]
pub(crate) struct Atom(Box<Parts>);

/// What an [`Atom`] consists of.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) action: Box<Action>,
    pub(crate) causes: Vec<usize>,
    pub(crate) hazards: Vec<Hazard>,
    pub(crate) comment: Option<String>,
    pub(crate) enums: BTreeMap<ObjectName, EnumType>,
    pub(crate) rank: Rank,
    pub(crate) creates: Vec<Thing>,
    pub(crate) drops: Vec<Thing>,
    /// Takes away something that stood in the way of changing or dropping these.
    pub(crate) releases: Vec<Thing>,
    pub(crate) changes: Vec<Thing>,
    pub(crate) uses: Vec<Thing>,
    /// Comes after whoever drops these.
    pub(crate) follows: Vec<Thing>,
    /// Comes before whoever creates these.
    pub(crate) precedes: Vec<Thing>,
    /// Atoms of one chain keep their order.
    pub(crate) chain: Option<usize>,
    /// Builds or drops an index without a transaction.
    pub(crate) is_concurrent: bool,
    /// Adds an enum value, which cannot be used before the transaction ends.
    pub(crate) is_enum_value: bool,
}

impl Deref for Atom {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for Atom {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

impl Atom {
    pub(crate) fn new(cause: usize, rank: Rank, action: Action) -> Self {
        Self(Box::new(Parts {
            action: Box::new(action),
            causes: vec![cause],
            hazards: Vec::new(),
            comment: None,
            enums: BTreeMap::new(),
            rank,
            creates: Vec::new(),
            drops: Vec::new(),
            releases: Vec::new(),
            changes: Vec::new(),
            uses: Vec::new(),
            follows: Vec::new(),
            precedes: Vec::new(),
            chain: None,
            is_concurrent: false,
            is_enum_value: false,
        }))
    }

    pub(crate) fn creates(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.creates.extend(things);
        self
    }

    pub(crate) fn drops(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.drops.extend(things);
        self
    }

    pub(crate) fn releases(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.releases.extend(things);
        self
    }

    pub(crate) fn changes(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.changes.extend(things);
        self
    }

    pub(crate) fn uses(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.uses.extend(things);
        self
    }

    pub(crate) fn follows(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.follows.extend(things);
        self
    }

    pub(crate) fn precedes(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.precedes.extend(things);
        self
    }

    pub(crate) fn hazard(mut self, hazard: Hazard) -> Self {
        self.hazards.push(hazard);
        self
    }

    pub(crate) fn hazards(mut self, hazards: impl IntoIterator<Item = Hazard>) -> Self {
        self.hazards.extend(hazards);
        self
    }

    /// Puts up what was there before, as it was.
    pub(crate) fn again(mut self) -> Self {
        self.hazards.retain(|hazard| !matches!(hazard, Hazard::MayFail { .. }));
        self
    }

    pub(crate) fn rank(mut self, rank: Rank) -> Self {
        self.rank = rank;
        self
    }

    pub(crate) fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    pub(crate) fn chain(mut self, chain: usize) -> Self {
        self.chain = Some(chain);
        self
    }

    pub(crate) fn into_step(self) -> Step {
        let Parts { action, causes, hazards, comment, enums, .. } = *self.0;
        Step { action, causes, hazards, comment, enums }
    }
}
