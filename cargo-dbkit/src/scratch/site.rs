//! Where scratch databases are made, and what is in them from the start.

use dbkit_schema::model::Schema;

use std::fs;

use dbkit_runtime::DriverError;
use dbkit_schema::diagnostic::Diagnostic;

use super::SqlFile;
use crate::failure::io_words;
use crate::project::{self, Target};
use crate::url::Address;

/// Where, and on what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Site {
    /// A server on which dbkit may make and drop databases; `None` is one that it starts.
    pub(crate) server: Option<Address>,
    /// SQL that makes what a schema stands on and does not make itself: tables of others, their functions, roles.
    pub(crate) setup: Option<SqlFile>,
}

impl Site {
    /// A server, and what a package puts there first.
    ///
    /// # Errors
    /// The file that is configured cannot be read.
    pub(crate) fn of(target: &Target, server: Option<Address>) -> Result<Self, Diagnostic> {
        let Some(path) = &target.scratch_setup else { return Ok(Self { server, setup: None }) };
        let shown = project::show(path);
        let text = fs::read_to_string(path).map_err(|error| {
            Diagnostic::error("DBK0009", format!("cannot read `{shown}`: {}", io_words(&error)))
                .note("`scratch-setup` names it")
        })?;
        Ok(Self { server, setup: Some(SqlFile { path: shown, text }) })
    }

    /// A server, and nothing from the start.
    pub(crate) fn on(server: &Address) -> Self {
        Self { server: Some(server.clone()), setup: None }
    }
}

/// Says what to do where a statement names something that is not there: a schema, a table, a function, a type or a role.
pub(crate) fn advise(problem: &mut Diagnostic, error: &DriverError) {
    // SQLite has one code for every mistake.
    let is_missing = error.message.starts_with("no such table")
        || matches!(
            error.code.as_deref(),
            Some("3F000" | "42P01" | "42883" | "42704" | "1049" | "1146" | "1305" | "1824")
        );
    if is_missing {
        let help = "is it somebody else's? a SQL file that `scratch-setup` names makes it in scratch databases";
        problem.helps.push(help.to_owned());
    }
}

/// Takes out of a schema what was there from the start. What a migration adds to it (a column) goes with it: it belongs to others.
pub(super) fn without(mut schema: Schema, start: &Schema) -> Schema {
    // Every database that has namespaces has `public`, and a migration may say something of it.
    schema.namespaces.retain(|name, _| name == "public" || !start.namespaces.contains_key(name));
    schema.enums.retain(|name, _| !start.enums.contains_key(name));
    schema.sequences.retain(|name, _| !start.sequences.contains_key(name));
    schema.tables.retain(|name, _| !start.tables.contains_key(name));
    schema.objects.retain(|id, _| !start.objects.contains_key(id));
    schema
}
