//! Reads the schema of a live database: the dialect asks, the driver answers.

use dbkit_runtime::{Dialect, Driver, DriverError};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect::{self, Catalog, Inspection};
use dbkit_schema::model::{DialectName, ObjectName};

use crate::filter::Filters;

/// One transaction that sees one state and writes nothing, with every setting that changes how PostgreSQL prints.
const POSTGRES_SESSION: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = public;
SET LOCAL standard_conforming_strings = on;
SET LOCAL quote_all_identifiers = off;
SET LOCAL bytea_output = hex;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = postgres;
SET LOCAL extra_float_digits = 1;
SET LOCAL xmloption = content;
SET LOCAL jit = off;
SET LOCAL lock_timeout = '10s'";

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
pub(crate) fn inspect(driver: &mut dyn Driver, place: &str) -> Result<Inspection, Diagnostic> {
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
    if name == DialectName::Postgres {
        driver.execute(POSTGRES_SESSION).map_err(|error| failed(error, "catalog"))?;
    }
    let mut catalog = Catalog { version: version.clone(), ..Catalog::default() };
    let mut problem = None;
    for query in dialect.inspect_queries(&version) {
        match driver.query(&query.sql) {
            Ok(rows) => {
                catalog.rows.insert(query.name, rows);
            }
            Err(error) => {
                problem = Some(failed(error, &format!("catalog (`{}`)", query.name)));
                break;
            }
        }
    }
    if name == DialectName::Postgres {
        // Nothing was written; an error here would say no more than the one before it.
        let _ = driver.execute("ROLLBACK");
    }
    match problem {
        Some(problem) => Err(problem),
        None => Ok(without_histories(dialect.inspect(&catalog))),
    }
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
    driver: &mut dyn Driver,
    place: &str,
    filters: &Filters,
) -> Result<Inspection, Diagnostic> {
    let name = dialect_of(driver);
    let mut found = inspect(driver, place)?;
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
