//! Database URLs: what people write, read leniently where the drivers are strict, and shown without passwords.

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use crate::spelling;

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A file.
    Sqlite(String),
    /// A server.
    Server(Server),
}

/// A database on a server.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) dialect: DialectName,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// `None`: nothing says it, so `localhost`.
    pub(crate) host: Option<String>,
    /// `None`: nothing says it, so the dialect's own.
    pub(crate) port: Option<u16>,
    /// Path of the socket (MySQL), or the folder it is in (PostgreSQL).
    pub(crate) socket: Option<String>,
    pub(crate) database: Option<String>,
    /// `options=-c search_path=shop` (PostgreSQL).
    pub(crate) options: Option<String>,
    pub(crate) application_name: Option<String>,
    /// Seconds.
    pub(crate) connect_timeout: Option<u64>,
    pub(crate) tls: Tls,
    /// A section of the service file (PostgreSQL).
    pub(crate) service: Option<String>,
    /// Where passwords are, if not in `~/.pgpass` (PostgreSQL).
    pub(crate) passfile: Option<String>,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tls {
    /// `None`: nothing says it, so [`TlsMode::Prefer`].
    pub(crate) mode: Option<TlsMode>,
    /// File of the authorities that are trusted; `system` (PostgreSQL): those of this computer.
    pub(crate) root: Option<String>,
    /// File of the certificate that this side shows.
    pub(crate) certificate: Option<String>,
    /// File of its key.
    pub(crate) key: Option<String>,
}

/// The words of libpq; MySQL has others for most of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TlsMode {
    /// Never.
    Disable,
    /// If the server does not want it otherwise.
    Allow,
    /// If the server can.
    Prefer,
    /// Always, to whomever.
    Require,
    /// And the certificate is signed by an authority that is trusted.
    VerifyCa,
    /// And it is of the host that was asked for.
    VerifyFull,
}

impl TlsMode {
    /// Reads what libpq and MySQL write.
    pub(crate) fn read(key: &str, value: &str) -> Result<Self, Diagnostic> {
        Ok(match value.to_ascii_lowercase().as_str() {
            "disable" | "disabled" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" | "preferred" => Self::Prefer,
            "require" | "required" => Self::Require,
            "verify-ca" | "verify_ca" => Self::VerifyCa,
            "verify-full" | "verify_identity" | "verify-identity" => Self::VerifyFull,
            _ => {
                return Err(problem(format!("unknown value `{value}` of `{key}`")).help(
                    "it is one of `disable`, `allow`, `prefer`, `require`, `verify-ca` and `verify-full`",
                ));
            }
        })
    }

    /// As libpq writes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Address {
    /// The dialect that is spoken there.
    pub(crate) fn dialect(&self) -> DialectName {
        match self {
            Self::Sqlite(_) => DialectName::Sqlite,
            Self::Server(server) => server.dialect,
        }
    }

    /// As it may be printed: the password is `***`.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{path}"),
            Self::Server(server) => server.shown(),
        }
    }
}

impl Server {
    /// Where it is.
    pub(crate) fn host(&self) -> &str {
        self.host.as_deref().unwrap_or("localhost")
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or(if self.dialect == DialectName::Mysql { 3306 } else { 5432 })
    }

    /// How long a connection may take.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn patience(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.connect_timeout.unwrap_or(10))
    }

    /// How it is encrypted; never on a socket.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn tls_mode(&self) -> TlsMode {
        match &self.socket {
            Some(_) => TlsMode::Disable,
            None => self.tls.mode.unwrap_or(TlsMode::Prefer),
        }
    }

    /// As it may be printed.
    pub(crate) fn shown(&self) -> String {
        let user = match (&self.user, &self.password) {
            (Some(user), Some(_)) => format!("{user}:***@"),
            (Some(user), None) => format!("{user}@"),
            (None, _) => String::new(),
        };
        let database = self.database.as_deref().unwrap_or_default();
        match &self.socket {
            Some(socket) => {
                let key = if self.dialect == DialectName::Mysql { "socket" } else { "host" };
                let port = match self.dialect {
                    DialectName::Postgres if self.port() != 5432 => {
                        format!("&port={}", self.port())
                    }
                    _ => String::new(),
                };
                format!("{}://{user}/{database}?{key}={socket}{port}", self.dialect)
            }
            None => {
                let host = match self.host() {
                    address if address.contains(':') => format!("[{address}]"),
                    name => name.to_owned(),
                };
                format!("{}://{user}{host}:{}/{database}", self.dialect, self.port())
            }
        }
    }

    /// The place that is dialled, for messages.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn place(&self) -> String {
        match &self.socket {
            Some(socket) if self.dialect == DialectName::Postgres => {
                format!("socket {socket}/.s.PGSQL.{}", self.port())
            }
            Some(socket) => format!("socket {socket}"),
            None => format!("{}:{}", self.host(), self.port()),
        }
    }
}

/// Parameters that say nothing to dbkit: what pools and other tools want.
const IGNORED: [&str; 21] = [
    "channel_binding",
    "charset",
    "client_encoding",
    "connection_limit",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "max_connections",
    "mode",
    "pgbouncer",
    "pool_timeout",
    "sslcrl",
    "sslnegotiation",
    "statement-cache-capacity",
    "statement_cache_size",
    "target_session_attrs",
    "tcp_user_timeout",
];

const KNOWN: [&str; 19] = [
    "application_name",
    "connect_timeout",
    "dbname",
    "host",
    "options",
    "passfile",
    "password",
    "port",
    "service",
    "socket",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// Reads a URL of any dialect. A text without a scheme is an SQLite file.
pub(crate) fn parse_any(text: &str) -> Result<Address, Diagnostic> {
    let scheme = text.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let dialect = match scheme.as_str() {
        "postgres" | "postgresql" => DialectName::Postgres,
        "mysql" | "mariadb" => DialectName::Mysql,
        _ => DialectName::Sqlite,
    };
    parse(text, dialect)
}

/// Reads a URL. A text without a scheme is a file when the dialect is SQLite.
pub(crate) fn parse(text: &str, dialect: DialectName) -> Result<Address, Diagnostic> {
    let (scheme, rest) = match text.split_once(':') {
        // `C:\app.db` is a path.
        Some((scheme, rest))
            if scheme.len() > 1
                && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'-') =>
        {
            (scheme.to_ascii_lowercase(), rest)
        }
        _ if dialect == DialectName::Sqlite => ("sqlite".to_owned(), text),
        _ => {
            return Err(problem("the database URL has no scheme")
                .help(format!("write it like `{}`", example(dialect))));
        }
    };
    let address = match scheme.as_str() {
        "sqlite" | "sqlite3" | "file" => Address::Sqlite(sqlite(rest)?),
        "postgres" | "postgresql" => Address::Server(server(rest, DialectName::Postgres)?),
        "mysql" | "mariadb" => Address::Server(server(rest, DialectName::Mysql)?),
        other => {
            return Err(problem(format!("unknown scheme `{other}:` in the database URL"))
                .help(format!("write it like `{}`", example(dialect))));
        }
    };
    if address.dialect() == dialect {
        Ok(address)
    } else {
        Err(Diagnostic::error(
            "DBK0010",
            format!(
                "the URL is for {}, but the migrations are for {}",
                address.dialect().title(),
                dialect.title()
            ),
        )
        .note(format!("the URL is `{}`", address.shown()))
        .help(format!(
            "give a URL like `{}`, or choose another database of the configuration with `--db`",
            example(dialect)
        )))
    }
}

fn example(dialect: DialectName) -> &'static str {
    match dialect {
        DialectName::Sqlite => "sqlite:app.db",
        DialectName::Postgres => "postgres://user:password@localhost:5432/database",
        DialectName::Mysql => "mysql://user:password@localhost:3306/database",
    }
}

fn problem(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("DBK0007", message)
}

fn sqlite(rest: &str) -> Result<String, Diagnostic> {
    let path = rest.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = decode(path)?;
    if path.is_empty() {
        return Err(problem("the database URL names no file").help("write it like `sqlite:app.db`"));
    }
    if path == ":memory:" {
        return Err(problem("a database in memory would be gone when the command ends")
            .help("name a file: `sqlite:app.db`"));
    }
    Ok(path)
}

fn server(rest: &str, dialect: DialectName) -> Result<Server, Diagnostic> {
    let rest = rest.strip_prefix("//").ok_or_else(|| {
        problem("`//` is missing after the scheme of the database URL")
            .help(format!("write it like `{}`", example(dialect)))
    })?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    // The last `@`, because people forget to encode the one in their password.
    let (credentials, place) = match authority.rsplit_once('@') {
        Some((credentials, place)) => (Some(credentials), place),
        None => (None, authority),
    };
    let (user, password) = match credentials.map(|text| text.split_once(':').unwrap_or((text, "")))
    {
        None => (None, None),
        Some((user, password)) => (
            Some(decode(user)?).filter(|user| !user.is_empty()),
            Some(decode(password)?).filter(|password| !password.is_empty()),
        ),
    };
    let mut found = Server {
        dialect,
        user,
        password,
        host: None,
        port: None,
        socket: None,
        database: Some(decode(path)?).filter(|name| !name.is_empty()),
        options: None,
        application_name: None,
        connect_timeout: None,
        tls: Tls::default(),
        service: None,
        passfile: None,
    };
    if place.contains(',') {
        return Err(problem("the database URL names several hosts")
            .help("name one: migrations run on one server, the primary"));
    }
    let (host, port) = if let Some(bracketed) = place.strip_prefix('[') {
        let (host, after) = bracketed
            .split_once(']')
            .ok_or_else(|| problem("`]` is missing after the IPv6 address in the database URL"))?;
        (host, after.strip_prefix(':'))
    } else {
        match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        }
    };
    if let Some(port) = port.filter(|port| !port.is_empty()) {
        found.port = Some(number(port, "port")?);
    }
    let host = decode(host)?;
    if !host.is_empty() {
        set_host(&mut found, host);
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decode(&value.replace('+', " "))?;
        parameter(&mut found, key, value)?;
    }
    Ok(found)
}

pub(crate) fn set_host(server: &mut Server, host: String) {
    if server.dialect == DialectName::Postgres && host.starts_with('/') {
        server.socket = Some(host);
    } else {
        server.host = Some(host);
    }
}

pub(crate) fn parameter(server: &mut Server, key: &str, value: String) -> Result<(), Diagnostic> {
    match key {
        "host" => set_host(server, value),
        "port" => server.port = Some(number(&value, "port")?),
        "user" => server.user = Some(value),
        "password" => server.password = Some(value),
        "dbname" => server.database = Some(value),
        "socket" => server.socket = Some(value),
        "options" => server.options = Some(value),
        "application_name" => server.application_name = Some(value),
        "connect_timeout" => {
            server.connect_timeout = Some(u64::from(number(&value, "connect_timeout")?));
        }
        "service" => server.service = Some(value),
        "passfile" => server.passfile = Some(value),
        "sslrootcert" | "ssl-ca" => server.tls.root = Some(value),
        "sslcert" | "ssl-cert" => server.tls.certificate = Some(value),
        "sslkey" | "ssl-key" => server.tls.key = Some(value),
        "sslmode" | "ssl-mode" => server.tls.mode = Some(TlsMode::read(key, &value)?),
        ignored if IGNORED.contains(&ignored) => {}
        unknown => {
            let problem = problem(format!("unknown parameter `{unknown}` in the database URL"));
            return Err(match spelling::nearest(unknown, KNOWN) {
                Some(near) => {
                    problem.help(format!("a parameter with a similar name exists: `{near}`"))
                }
                None => problem.help(format!("the parameters are {}", spelling::list(&KNOWN))),
            });
        }
    }
    Ok(())
}

fn number(text: &str, what: &str) -> Result<u16, Diagnostic> {
    text.parse().map_err(|_| {
        problem(format!("the {what} in the database URL is no number"))
            .help("a `:`, `/`, `@` or `?` in a password is written as `%3A`, `%2F`, `%40` or `%3F`")
    })
}

fn decode(text: &str) -> Result<String, Diagnostic> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[2..];
            }
            None => {
                return Err(problem(
                    "`%` in the database URL is not followed by two hexadecimal digits",
                )
                .help("a `%` that is meant as such is written as `%25`"));
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| problem("the database URL is not UTF-8 after decoding"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, dialect: DialectName) -> String {
        match parse(text, dialect) {
            Ok(address) => address.shown(),
            Err(problem) => format!("{}: {}", problem.code, problem.message),
        }
    }

    #[test]
    fn files_are_read_in_all_spellings() {
        let file = |text| shown(text, DialectName::Sqlite);
        assert_eq!(file("app.db"), "sqlite:app.db");
        assert_eq!(file("./a b.db"), "sqlite:./a b.db");
        assert_eq!(file("sqlite:app.db"), "sqlite:app.db");
        assert_eq!(file("sqlite://app.db?mode=rwc"), "sqlite:app.db");
        assert_eq!(file("sqlite:///var/app.db"), "sqlite:/var/app.db");
        assert_eq!(file("C:\\app.db"), "sqlite:C:\\app.db");
        assert_eq!(
            file("sqlite::memory:"),
            "DBK0007: a database in memory would be gone when the command ends"
        );
    }

    #[test]
    fn how_to_encrypt_is_read_in_both_tongues() {
        let tls = |text: &str| match parse_any(text) {
            Ok(Address::Server(server)) => server.tls,
            other => panic!("{other:?}"),
        };
        let postgres =
            tls("postgres://h/app?sslmode=verify-full&sslrootcert=system&sslcert=a&sslkey=b");
        assert_eq!(postgres.mode, Some(TlsMode::VerifyFull));
        assert_eq!(
            (postgres.root.as_deref(), postgres.key.as_deref()),
            (Some("system"), Some("b"))
        );
        let mysql = tls("mysql://h/app?ssl-mode=VERIFY_CA&ssl-ca=ca.pem");
        assert_eq!((mysql.mode, mysql.root.as_deref()), (Some(TlsMode::VerifyCa), Some("ca.pem")));
    }

    #[test]
    fn servers_are_read_and_passwords_are_never_shown() {
        let server = |text| shown(text, DialectName::Postgres);
        assert_eq!(
            server("postgres://app:s3cret@db.local/app"),
            "postgres://app:***@db.local:5432/app"
        );
        assert_eq!(server("postgresql://app:p@ss@h:6000/app"), "postgres://app:***@h:6000/app");
        assert_eq!(server("postgres://[::1]:7000/app"), "postgres://[::1]:7000/app");
        assert_eq!(
            server("postgres:///app?host=/run/postgresql&port=5433&user=me"),
            "postgres://me@/app?host=/run/postgresql&port=5433"
        );
        assert_eq!(server("postgres://%2Frun%2Fpg/app"), "postgres:///app?host=/run/pg");
        assert_eq!(
            server("postgres://h/app?sslmode=prefer&channel_binding=require"),
            "postgres://h:5432/app"
        );
        assert_eq!(
            shown("mysql://root@localhost/shop?socket=/run/mysqld.sock", DialectName::Mysql),
            "mysql://root@/shop?socket=/run/mysqld.sock"
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let server = |text| shown(text, DialectName::Postgres);
        assert_eq!(
            server("postgres://h/app?sslmode=strict"),
            "DBK0007: unknown value `strict` of `sslmode`"
        );
        assert_eq!(
            server("postgres://h:x/app"),
            "DBK0007: the port in the database URL is no number"
        );
        assert_eq!(
            server("oracle://h/app"),
            "DBK0007: unknown scheme `oracle:` in the database URL"
        );
        assert_eq!(
            server("postgres://h/app?sslmod=disable"),
            "DBK0007: unknown parameter `sslmod` in the database URL"
        );
        assert_eq!(
            server("mysql://u:secret@h/app"),
            "DBK0010: the URL is for MySQL, but the migrations are for PostgreSQL"
        );
        assert_eq!(server("u:secret@h"), "DBK0007: the database URL has no scheme");
    }
}
