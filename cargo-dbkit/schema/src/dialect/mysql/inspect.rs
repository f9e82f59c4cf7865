//! Reads a schema back out of the catalog of MySQL and MariaDB.

use crate::dialect::{Catalog, CatalogQuery, Inspection};

/// Asks for the version.
pub(super) const VERSION: &str = "SELECT VERSION()";

pub(super) fn queries(_version: &str) -> Vec<CatalogQuery> {
    Vec::new()
}

pub(super) fn inspect(_catalog: &Catalog) -> Inspection {
    Inspection::default()
}
