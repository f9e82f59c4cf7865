//! Clients that do not block, behind the blocking [`Driver`], so that they go through the same suite.

use std::future::Future;
use std::path::Path;
use std::sync::OnceLock;

use sqlx::Connection as _;

use dbkit_runtime::{AsyncDriver, Dialect, Driver, DriverError, Rows};

/// The runtime of all tests of this program.
pub(crate) fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().expect("a runtime")
    })
}

/// Runs what does not block on this thread.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}

/// A client that does not block, waited for.
pub(crate) struct Blocking<C>(pub(crate) C);

impl<C: AsyncDriver> Driver for Blocking<C> {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        wait(self.0.execute(sql))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        wait(self.0.query(sql))
    }
}

pub(crate) async fn tokio_postgres(url: &str) -> tokio_postgres::Client {
    let (client, connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
}

/// sqlx wants a host even where the socket is said.
pub(crate) fn sqlx_url(url: &str) -> String {
    url.replace("@/", "@localhost/")
}

pub(crate) async fn sqlx_postgres(url: &str) -> sqlx::PgConnection {
    sqlx::PgConnection::connect(&sqlx_url(url)).await.expect("connects")
}

pub(crate) async fn sqlx_sqlite(path: &Path) -> sqlx::SqliteConnection {
    // As rusqlite and the sqlite3 program have it; sqlx turns foreign keys on.
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false);
    sqlx::SqliteConnection::connect_with(&options).await.expect("connects")
}

pub(crate) async fn sqlx_mysql(url: &str) -> sqlx::MySqlConnection {
    let options: sqlx::mysql::MySqlConnectOptions = url.parse().expect("a good URL");
    // The server's own sql_mode, as the other clients have it.
    let options = options.pipes_as_concat(false).no_engine_substitution(false).set_names(true);
    sqlx::MySqlConnection::connect_with(&options).await.expect("connects")
}

pub(crate) async fn mysql_async(url: &str) -> mysql_async::Conn {
    mysql_async::Conn::from_url(url).await.expect("connects")
}
