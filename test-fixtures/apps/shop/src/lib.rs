//! A small shop: customers order products, and the database migrates itself.

pub mod schema;

dbkit::include_migrations!(pub MIGRATIONS);

/// What can go wrong: the database, or its migrations.
pub type Failure = Box<dyn std::error::Error>;

/// Opens the shop's database and brings it up to date.
///
/// # Errors
/// What the database says.
#[cfg(not(feature = "postgres"))]
pub fn open(path: &str) -> Result<(rusqlite::Connection, dbkit::Report), Failure> {
    let mut database = rusqlite::Connection::open(path)?;
    let report = MIGRATIONS.run(&mut database)?;
    Ok((database, report))
}

/// Connects to the shop's database and brings it up to date.
///
/// # Errors
/// What the database says.
#[cfg(feature = "postgres")]
pub fn open(url: &str) -> Result<(postgres::Client, dbkit::Report), Failure> {
    let mut database = postgres::Client::connect(url, postgres::NoTls)?;
    let report = MIGRATIONS.run(&mut database)?;
    Ok((database, report))
}
