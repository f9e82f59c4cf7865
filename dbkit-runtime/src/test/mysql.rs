//! MySQL copies no databases, so each test runs the migrations.

use mysql::Conn;
use mysql::prelude::Queryable as _;

use super::{Fixture, Setup, is_old, unique, with_database};

/// A MySQL or MariaDB database of a test's own, on the server that DBKIT_TEST_MYSQL_URL names, or else DATABASE_URL.
#[derive(Debug)]
pub struct Mysql {
    server: String,
    name: String,
    url: String,
    is_kept: bool,
}

impl Mysql {
    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection to it.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn connect(&self) -> Conn {
        match connect(&self.url) {
            Ok(connection) => connection,
            Err(error) => panic!("cannot connect to the database of this test: {error}"),
        }
    }
}

impl Fixture for Mysql {
    fn make(setup: &Setup<'_>) -> Result<Self, String> {
        let server = setup.server_url("DBKIT_TEST_MYSQL_URL", &["mysql", "mariadb"])?;
        let mut connection = connect(&server)?;
        sweep(&mut connection);
        let name = unique();
        connection
            .query_drop(format!("CREATE DATABASE {name}"))
            .map_err(|error| error.to_string())?;
        let url = with_database(&server, &name);
        // From here on it is dropped, whatever happens.
        let database = Self { server, name, url, is_kept: false };
        setup.apply(&mut connect(&database.url)?)?;
        Ok(database)
    }

    fn keep(&mut self) {
        self.is_kept = true;
    }

    fn place(&self) -> &str {
        &self.url
    }
}

impl Drop for Mysql {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        if let Ok(mut connection) = connect(&self.server) {
            let _ = connection.query_drop(format!("DROP DATABASE IF EXISTS {}", self.name));
        }
    }
}

fn connect(url: &str) -> Result<Conn, String> {
    // The client knows one name of the scheme.
    let url = match url.strip_prefix("mariadb://") {
        Some(rest) => format!("mysql://{rest}"),
        None => url.to_owned(),
    };
    let options = mysql::Opts::from_url(&url).map_err(|error| error.to_string())?;
    Conn::new(options).map_err(|error| error.to_string())
}

/// What tests that were killed have left.
fn sweep(connection: &mut Conn) {
    let names: Vec<String> =
        connection.query("SHOW DATABASES LIKE 'dbkit\\_test\\_%'").unwrap_or_default();
    for name in names.iter().filter(|name| is_old(name)) {
        let _ = connection.query_drop(format!("DROP DATABASE IF EXISTS {name}"));
    }
}
