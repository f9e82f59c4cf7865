//! PostgreSQL servers.

use std::error::Error as _;

use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::Diagnostic;
use postgres::config::SslMode;
use postgres::{Client, Config, Error, NoTls};

use super::unreachable;
use crate::url::{Server, TlsMode};

/// Opens a server of which everything is said that can be; see [`super::libpq`].
pub(super) fn open(server: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    let mut config = Config::new();
    match &server.socket {
        #[cfg(unix)]
        Some(socket) => config.host_path(socket),
        #[cfg(not(unix))]
        Some(socket) => config.host(socket),
        None => config.host(server.host()),
    };
    config.port(server.port());
    if let Some(user) = &server.user {
        config.user(user);
    }
    if let Some(password) = &server.password {
        config.password(password);
    }
    if let Some(database) = &server.database {
        config.dbname(database);
    }
    if let Some(options) = &server.options {
        config.options(options);
    }
    config.application_name(server.application_name.as_deref().unwrap_or("cargo-dbkit"));
    config.connect_timeout(server.patience());
    Ok(Box::new(connect(server, config)?))
}

/// As `sslmode` wants it: `allow` and `prefer` try both ways, the others one.
fn connect(server: &Server, mut config: Config) -> Result<Client, Diagnostic> {
    let plainly = |config: &mut Config| config.ssl_mode(SslMode::Disable).connect(NoTls);
    match server.tls_mode() {
        TlsMode::Disable => plainly(&mut config).map_err(|error| refused(server, &error)),
        TlsMode::Allow => plainly(&mut config).or_else(|error| {
            match encrypted(server, &mut config, SslMode::Require) {
                Ok(Ok(client)) => Ok(client),
                _ => Err(refused(server, &error)),
            }
        }),
        TlsMode::Prefer => match encrypted(server, &mut config, SslMode::Prefer) {
            Ok(Ok(client)) => Ok(client),
            // The server may take from us without TLS what it does not take with it; what it says of the rest is the same both ways.
            Ok(Err(error)) if is_about_encryption(&error) => {
                plainly(&mut config).map_err(|error| refused(server, &error))
            }
            Ok(Err(error)) => Err(refused(server, &error)),
            Err(_) => plainly(&mut config).map_err(|error| refused(server, &error)),
        },
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => {
            encrypted(server, &mut config, SslMode::Require)?
                .map_err(|error| refused(server, &error))
        }
    }
}

#[cfg(feature = "tls")]
fn encrypted(
    server: &Server,
    config: &mut Config,
    mode: SslMode,
) -> Result<Result<Client, Error>, Diagnostic> {
    let tls = tokio_postgres_rustls::MakeRustlsConnect::new(super::tls::config(server)?);
    Ok(config.ssl_mode(mode).connect(tls))
}

#[cfg(not(feature = "tls"))]
fn encrypted(
    server: &Server,
    _: &mut Config,
    _: SslMode,
) -> Result<Result<Client, Error>, Diagnostic> {
    Err(super::without_tls(server))
}

/// The handshake failed, or pg_hba.conf has no line for an encrypted connection (28000).
fn is_about_encryption(error: &Error) -> bool {
    match error.as_db_error() {
        Some(said) => said.code().code() == "28000",
        None => error.to_string().contains("TLS"),
    }
}

fn refused(server: &Server, error: &Error) -> Diagnostic {
    if let Some(said) = error.as_db_error() {
        let problem = Diagnostic::error(
            "DBK0008",
            format!("PostgreSQL at {} refused the connection: {}", server.place(), said.message()),
        );
        let user = server.user.as_deref().unwrap_or("postgres");
        let database = server.database.as_deref().unwrap_or(user);
        return match said.code().code() {
            "3D000" => problem.help(format!("make it: `createdb {database}`")),
            "28P01" | "28000" => problem.help(
                "check user and password in the URL; the password may also come from PGPASSWORD or ~/.pgpass",
            ),
            _ => problem,
        };
    }
    let words = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let place = server.place();
    if words.contains("server does not support TLS") {
        let mode = server.tls_mode().word();
        return Diagnostic::error(
            "DBK0030",
            format!("PostgreSQL at {place} does not speak TLS, which `sslmode={mode}` asks for"),
        )
        .help("turn it on at the server (`ssl = on`), or, on a network that you trust, use `sslmode=disable`");
    }
    if error.to_string().contains("TLS") {
        return super::handshake_failed(server, "PostgreSQL", &words);
    }
    if words == "password missing" {
        return Diagnostic::error("DBK0008", format!("PostgreSQL at {place} wants a password"))
            .help("it may stand in the URL, in PGPASSWORD or in ~/.pgpass");
    }
    let words = words.split(" (os error").next().unwrap_or_default().to_lowercase();
    unreachable("PostgreSQL", &place, &words)
        .help("is the server running, and is this its address? `pg_isready` asks it")
        .help("there is none yet? `docker run -d -e POSTGRES_PASSWORD=secret -p 5432:5432 postgres` starts one")
}
