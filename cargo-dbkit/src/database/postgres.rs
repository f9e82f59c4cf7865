//! PostgreSQL servers.

use std::error::Error as _;
use std::time::Duration;

use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::Diagnostic;

use super::unreachable;
use crate::url::Server;

pub(super) fn open(server: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut config = postgres::Config::new();
    match &server.socket {
        #[cfg(unix)]
        Some(socket) => config.host_path(socket),
        #[cfg(not(unix))]
        Some(socket) => config.host(socket),
        None => config.host(&server.host),
    };
    config.port(server.port);
    let user = server
        .user
        .clone()
        .or_else(|| variable("PGUSER"))
        .or_else(|| variable("USER"))
        .unwrap_or_else(|| "postgres".to_owned());
    config.user(&user);
    if let Some(password) = server.password.clone().or_else(|| variable("PGPASSWORD")) {
        config.password(password);
    }
    if let Some(database) = &server.database {
        config.dbname(database);
    }
    if let Some(options) = &server.options {
        config.options(options);
    }
    config.application_name(server.application_name.as_deref().unwrap_or("cargo-dbkit"));
    config.connect_timeout(Duration::from_secs(server.connect_timeout));
    config.connect(postgres::NoTls).map(|client| Box::new(client) as Box<dyn Driver>).map_err(|error| {
        if let Some(said) = error.as_db_error() {
            let problem = Diagnostic::error(
                "DBK0008",
                format!("PostgreSQL at {} refused the connection: {}", server.place(), said.message()),
            );
            let database = server.database.as_deref().unwrap_or(&user);
            return match said.code().code() {
                "3D000" => problem.help(format!("make it: `createdb {database}`")),
                "28P01" | "28000" => problem
                    .help("check user and password in the URL; the password may also come from PGPASSWORD"),
                _ => problem,
            };
        }
        let words = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let words = words.split(" (os error").next().unwrap_or_default().to_lowercase();
        unreachable("PostgreSQL", &server.place(), &words)
            .help("is the server running, and is this its address? `pg_isready` asks it")
            .help("there is none yet? `docker run -d -e POSTGRES_PASSWORD=secret -p 5432:5432 postgres` starts one")
    })
}
