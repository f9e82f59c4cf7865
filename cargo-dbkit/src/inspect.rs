//! Reads the schema of a live database: the dialect asks, the driver answers.

use std::sync::Arc;

use dbkit_runtime::{Dialect, Driver, DriverError};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect::{self, Catalog, Inspection};
use dbkit_schema::model::{DialectName, ObjectName};

use crate::companion::{Companion, Work};
use crate::database::Database;
use crate::filter::Filters;

/// One transaction that sees one state and writes nothing.
const POSTGRES_BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Every setting that changes how PostgreSQL prints.
const POSTGRES_SETTINGS: &str = "SET LOCAL search_path = public;
SET LOCAL standard_conforming_strings = on;
SET LOCAL quote_all_identifiers = off;
SET LOCAL bytea_output = hex;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = postgres;
SET LOCAL extra_float_digits = 1;
SET LOCAL xmloption = content;
SET LOCAL jit = off;
SET LOCAL lock_timeout = '10s'";

/// The state that the transaction sees, for a second connection, where there are so many tables that one is worth while.
const POSTGRES_SNAPSHOT: &str =
    "SELECT CASE WHEN count(*) >= 200 THEN pg_catalog.pg_export_snapshot() END
FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p')";

/// The dialect of a driver.
pub(crate) fn dialect_of(driver: &dyn Driver) -> DialectName {
    match driver.dialect() {
        Dialect::Sqlite => DialectName::Sqlite,
        Dialect::Postgres => DialectName::Postgres,
        Dialect::Mysql => DialectName::Mysql,
    }
}

/// Reads the whole schema. Writes nothing; waits for nobody but whoever is changing the schema right now.
///
/// # Errors
/// A server that is too old, and what the server refuses.
pub(crate) fn inspect(database: &mut Database, place: &str) -> Result<Inspection, Diagnostic> {
    let catalog = catalog(database, place)?;
    Ok(inspection(dialect_of(database.driver.as_ref()), &catalog))
}

/// What a catalog says, without the history tables of other tools.
pub(crate) fn inspection(name: DialectName, catalog: &Catalog) -> Inspection {
    without_histories(dialect::named(name).inspect(catalog))
}

/// Reads the rows of the whole catalog.
pub(crate) fn catalog(database: &mut Database, place: &str) -> Result<Catalog, Diagnostic> {
    let driver = database.driver.as_mut();
    let name = dialect_of(driver);
    let dialect = dialect::named(name);
    let failed = |error: DriverError, what: &str| {
        let problem =
            Diagnostic::error("DBK0013", format!("cannot read the {what} of {place}: {error}"));
        match error.hint {
            Some(hint) => problem.help(hint),
            None => problem,
        }
    };
    let rows = driver.query(dialect.version_query()).map_err(|error| failed(error, "version"))?;
    let version = rows.into_iter().flatten().flatten().next().unwrap_or_default();
    if let Some(problem) = too_old(name, &version, place) {
        return Err(problem);
    }
    let work = Arc::new(Work::new(dialect.inspect_queries(&version)));
    let mut companion = None;
    if name == DialectName::Postgres {
        let snapshot = begin(driver).map_err(|error| failed(error, "catalog"))?;
        companion = snapshot.and_then(|snapshot| {
            // The first connection may hold what somebody waits for who holds what the second one wants: the server sees no deadlock in that.
            let session = format!(
                "{POSTGRES_BEGIN}; SET TRANSACTION SNAPSHOT '{snapshot}'; {POSTGRES_SETTINGS}; SET LOCAL lock_timeout = '1s'"
            );
            Companion::start(&database.address, session, &work)
        });
    }
    let mut problem = None;
    while let Some(query) = work.next() {
        match driver.query(&query.sql) {
            Ok(rows) => work.answer(query.name, rows),
            Err(error) => {
                problem = Some(failed(error, &format!("catalog (`{}`)", query.name)));
                work.give_up();
            }
        }
    }
    if name == DialectName::Postgres {
        // Nothing was written; an error here would say no more than the one before it.
        let _ = driver.execute("ROLLBACK");
    }
    drop(companion);
    match problem {
        Some(problem) => Err(problem),
        None => Ok(Catalog { version, rows: work.rows() }),
    }
}

/// Begins the transaction, and says which state it sees if another connection is to see it too.
fn begin(driver: &mut dyn Driver) -> Result<Option<String>, DriverError> {
    let session = format!("{POSTGRES_BEGIN}; {POSTGRES_SETTINGS}");
    driver.execute(&session)?;
    let Ok(rows) = driver.query(POSTGRES_SNAPSHOT) else {
        // Who may not share it reads alone.
        driver.execute("ROLLBACK")?;
        driver.execute(&session)?;
        return Ok(None);
    };
    let is_plain =
        |text: &String| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    Ok(rows.into_iter().flatten().flatten().next().filter(is_plain))
}

/// History tables of other tools are no part of a schema: what was taken over from them must not look like a table to be dropped.
const HISTORIES: [&str; 5] = [
    "_sqlx_migrations",
    "refinery_schema_history",
    "__diesel_schema_migrations",
    "seaql_migrations",
    "__drizzle_migrations",
];

fn without_histories(mut found: Inspection) -> Inspection {
    let is_history = |name: &ObjectName| HISTORIES.contains(&name.name.as_str());
    // With what stands on it: a trigger that keeps people from writing to it.
    found.schema.objects.retain(|id, _| id.member.is_none() || !is_history(&id.object));
    let tables = &mut found.schema.tables;
    tables.retain(|name, _| !is_history(name));
    // Drizzle Kit has a namespace of its own for it.
    let is_used = tables.keys().any(|name| name.schema.as_deref() == Some("drizzle"));
    if !is_used {
        found.schema.namespaces.remove("drizzle");
        found.schema.sequences.retain(|name, _| name.schema.as_deref() != Some("drizzle"));
    }
    found
}

/// The same, without what the configuration filters out.
pub(crate) fn inspect_filtered(
    database: &mut Database,
    place: &str,
    filters: &Filters,
) -> Result<Inspection, Diagnostic> {
    let name = dialect_of(database.driver.as_ref());
    let mut found = inspect(database, place)?;
    found.schema = filters.apply(found.schema, name);
    found.unmanaged.retain(|one| filters.sees(&one.name));
    Ok(found)
}

fn too_old(dialect: DialectName, version: &str, place: &str) -> Option<Diagnostic> {
    let numbers: Vec<u32> =
        version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    let is_mariadb = version.contains("MariaDB");
    let (is_old, title, least) = match dialect {
        DialectName::Postgres => {
            (numbers.first().is_some_and(|number| *number < 130_000), "PostgreSQL", "13")
        }
        DialectName::Sqlite => (numbers < vec![3, 35], "SQLite", "3.35"),
        DialectName::Mysql if is_mariadb => (numbers < vec![10, 6], "MariaDB", "10.6"),
        DialectName::Mysql => (numbers < vec![8], "MySQL", "8.0"),
    };
    is_old.then(|| {
        Diagnostic::error("DBK0014", format!("{place} is {title} {version}, which is too old"))
            .note(format!("dbkit reads {title} {least} and later"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_is_named_with_the_oldest_that_is_read() {
        let told = |dialect, version| {
            too_old(dialect, version, "db").map(|problem| (problem.message, problem.notes))
        };
        let (message, notes) = told(DialectName::Postgres, "120022").unwrap();
        assert_eq!(message, "db is PostgreSQL 120022, which is too old");
        assert_eq!(notes, ["dbkit reads PostgreSQL 13 and later"]);
        assert!(told(DialectName::Postgres, "130000").is_none());
        assert!(told(DialectName::Sqlite, "3.34.1").is_some());
        assert!(told(DialectName::Sqlite, "3.35.0").is_none());
        assert!(told(DialectName::Mysql, "10.5.2-MariaDB").is_some());
        assert!(told(DialectName::Mysql, "10.6.0-MariaDB").is_none());
        assert!(told(DialectName::Mysql, "5.7.44").is_some());
        assert!(told(DialectName::Mysql, "8.0.36").is_none());
    }
}
