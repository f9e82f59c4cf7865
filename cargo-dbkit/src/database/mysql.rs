//! MySQL and MariaDB servers.

use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::Diagnostic;
use mysql::{Conn, DriverError, Error, OptsBuilder};

use super::unreachable;
use crate::url::{Server, TlsMode};

pub(super) fn open(server: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let options = OptsBuilder::new()
        .ip_or_hostname(Some(server.host()))
        .tcp_port(server.port())
        .socket(server.socket.clone())
        .prefer_socket(server.socket.is_some())
        .user(server.user.clone().or_else(|| variable("USER")))
        .pass(server.password.clone().or_else(|| variable("MYSQL_PWD")))
        .db_name(server.database.clone())
        .tcp_connect_timeout(Some(server.patience()));
    Ok(Box::new(connect(server, options)?))
}

/// As `ssl-mode` wants it: `PREFERRED` tries both ways, the others one.
fn connect(server: &Server, options: OptsBuilder) -> Result<Conn, Diagnostic> {
    let plainly = |options: OptsBuilder| Conn::new(options);
    match server.tls_mode() {
        TlsMode::Disable | TlsMode::Allow => plainly(options),
        TlsMode::Prefer => match encrypted(server, options.clone()) {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error @ Error::MySqlError(_))) => Err(error),
            Ok(Err(_)) | Err(_) => plainly(options),
        },
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => encrypted(server, options)?,
    }
    .map_err(|error| refused(server, &error))
}

#[cfg(feature = "tls")]
fn encrypted(server: &Server, options: OptsBuilder) -> Result<Result<Conn, Error>, Diagnostic> {
    use std::path::PathBuf;

    // The client takes the cryptography of the process. That somebody has set it already is no news.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Reads the files, so that what is wrong with them is said in our words.
    super::tls::config(&server_without_authority(server))?;
    let mode = server.tls_mode();
    let tls = mysql::SslOpts::default()
        .with_root_cert_path(server.tls.root.clone().map(PathBuf::from))
        .with_danger_accept_invalid_certs(mode < TlsMode::VerifyCa)
        .with_danger_skip_domain_validation(mode < TlsMode::VerifyFull);
    let tls = match (&server.tls.certificate, &server.tls.key) {
        (Some(certificate), Some(key)) => {
            let identity =
                mysql::ClientIdentity::new(PathBuf::from(certificate), PathBuf::from(key));
            tls.with_client_identity(Some(identity))
        }
        _ => tls,
    };
    Ok(Conn::new(options.ssl_opts(tls)))
}

/// MySQL's client trusts the authorities of the web where no file is named.
#[cfg(feature = "tls")]
fn server_without_authority(server: &Server) -> Server {
    let mut server = server.clone();
    if server.tls.root.is_none() {
        server.tls.mode = Some(TlsMode::Require);
    }
    server
}

#[cfg(not(feature = "tls"))]
fn encrypted(server: &Server, _: OptsBuilder) -> Result<Result<Conn, Error>, Diagnostic> {
    Err(super::without_tls(server))
}

fn refused(server: &Server, error: &Error) -> Diagnostic {
    let place = server.place();
    let words = match error {
        Error::MySqlError(said) => {
            let message = format!("the server at {place} refused the connection: {}", said.message);
            let problem = Diagnostic::error("DBK0008", message);
            return match said.code {
                1049 => problem.help(format!(
                    "make it: `CREATE DATABASE {}`",
                    server.database.as_deref().unwrap_or("app")
                )),
                1045 => problem.help(
                    "check user and password in the URL; the password may also come from MYSQL_PWD",
                ),
                // 3159: the server wants encrypted connections.
                3159 => problem.help("use `ssl-mode=REQUIRED`"),
                _ => problem,
            };
        }
        Error::DriverError(DriverError::TlsNotSupported) => {
            return Diagnostic::error(
                "DBK0030",
                format!("the server at {place} does not speak TLS, which the URL asks for"),
            )
            .help("turn it on at the server (`ssl-cert`, `ssl-key`), or, on a network that you trust, use `ssl-mode=DISABLED`");
        }
        Error::IoError(error) => error.to_string(),
        Error::DriverError(error) => error.to_string(),
        other => other.to_string(),
    };
    if server.tls_mode() >= TlsMode::Require
        && ["certificate", "Certificate", "TlsError", "handshake"]
            .iter()
            .any(|word| words.contains(word))
    {
        return super::handshake_failed(server, "MySQL", &words);
    }
    let words = words.split(" (os error").next().unwrap_or_default().to_lowercase();
    unreachable("MySQL", &place, &words)
        .help("is the server running, and is this its address? `mysqladmin ping` asks it")
        .help("there is none yet? `docker run -d -e MARIADB_ROOT_PASSWORD=secret -p 3306:3306 mariadb` starts one")
}
