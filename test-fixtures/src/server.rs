//! Ephemeral servers: on a socket in a temporary folder, without fsync, as an unprivileged user, gone when the process is.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::engine;

// nobody, on every Linux.
const UNPRIVILEGED: u32 = 65534;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    MariaDb,
}

/// Where a server listens beside its socket, and with which keys.
#[derive(Debug)]
pub struct Network {
    /// On 127.0.0.1.
    pub port: u16,
    /// `None`: it speaks no TLS.
    pub keys: Option<crate::tls::Keys>,
}

impl Network {
    /// A port that nobody has right now.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(keys: Option<crate::tls::Keys>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        Ok(Self { port: listener.local_addr()?.port(), keys })
    }
}

/// How a server of one test is started.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// Where it listens beside its socket, and more of the server's own settings: lines of pg_hba.conf, or options of MariaDB.
    pub network: Option<(&'a Network, &'a str)>,
    /// What it says to have committed survives its death.
    pub is_durable: bool,
    /// The folder of its files, if that is not beside its socket: a small disk.
    pub data: Option<&'a Path>,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    pub(crate) kind: Kind,
    pub(crate) socket: PathBuf,
    /// Kept open as long as the process lives: the watchdog stops the server when it closes.
    pub(crate) watchdog: Mutex<Option<ChildStdin>>,
}

/// A database of its own, dropped with this value.
#[derive(Debug)]
pub struct Database {
    kind: Kind,
    name: String,
    socket: PathBuf,
}

impl Database {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, as dbkit takes it.
    pub fn url(&self) -> String {
        url(self.kind, &self.name, &self.socket)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if env::var_os("DBKIT_TEST_KEEP").is_none() {
            let force = if self.kind == Kind::Postgres { " WITH (FORCE)" } else { "" };
            let _ = execute(
                self.kind,
                &self.socket,
                &format!("DROP DATABASE IF EXISTS {}{force}", self.name),
            );
        }
    }
}

fn url(kind: Kind, name: &str, socket: &Path) -> String {
    match kind {
        Kind::Postgres => format!("postgres://postgres@/{name}?host={}", socket.display()),
        Kind::MariaDb => format!("mysql://root@localhost/{name}?socket={}", socket.display()),
    }
}

impl Server {
    /// A new, empty database.
    ///
    /// # Panics
    /// If the server refuses: a test cannot go on.
    pub fn fresh_database(&self) -> Database {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("dbkit_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let sql = match self.kind {
            Kind::Postgres => format!("CREATE DATABASE {name} TEMPLATE template0"),
            Kind::MariaDb => format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        };
        if let Err(error) = execute(self.kind, &self.socket, &sql) {
            panic!("cannot create a database: {error}");
        }
        Database { kind: self.kind, name, socket: self.socket.clone() }
    }

    /// Where this server has a database of that name.
    pub fn url_of(&self, name: &str) -> String {
        url(self.kind, name, &self.socket)
    }

    /// The URL of the server's own database.
    pub fn url(&self) -> String {
        let name = match self.kind {
            Kind::Postgres => "postgres",
            Kind::MariaDb => "mysql",
        };
        url(self.kind, name, &self.socket)
    }
}

fn execute(kind: Kind, socket: &Path, sql: &str) -> Result<(), String> {
    match kind {
        Kind::Postgres => postgres_client(socket, "postgres")
            .and_then(|mut client| client.batch_execute(sql).map_err(|error| error.to_string())),
        Kind::MariaDb => {
            use mysql::prelude::Queryable as _;
            mariadb_client(socket, "")
                .and_then(|mut client| client.query_drop(sql).map_err(|error| error.to_string()))
        }
    }
}

pub(crate) fn postgres_client(socket: &Path, name: &str) -> Result<postgres::Client, String> {
    postgres_client_at(socket, 5432, name)
}

fn postgres_client_at(socket: &Path, port: u16, name: &str) -> Result<postgres::Client, String> {
    postgres::Config::new()
        .host_path(socket)
        .port(port)
        .user("postgres")
        .dbname(name)
        .connect(postgres::NoTls)
        .map_err(|error| error.to_string())
}

pub(crate) fn mariadb_client(socket: &Path, name: &str) -> Result<mysql::Conn, String> {
    let options = mysql::OptsBuilder::new()
        .socket(Some(socket.display().to_string()))
        .user(Some("root"))
        .db_name(Some(name).filter(|name| !name.is_empty()));
    mysql::Conn::new(options).map_err(|error| error.to_string())
}

/// PostgreSQL: the server that `DBKIT_TEST_POSTGRES` names by its socket folder, else one of this process, else nothing, said aloud.
///
/// # Panics
/// If there is none and `DBKIT_TEST_REQUIRE` asks for it.
pub fn postgres() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            shared(Kind::Postgres, "DBKIT_TEST_POSTGRES", "postgres", || {
                start_newest_postgres(&Options::default())
            })
        })
        .as_ref()
}

/// MariaDB: the server that `DBKIT_TEST_MARIADB_SOCKET` names, else one of this process, else nothing, said aloud.
///
/// # Panics
/// If there is none and `DBKIT_TEST_REQUIRE` asks for it.
pub fn mariadb() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            shared(Kind::MariaDb, "DBKIT_TEST_MARIADB_SOCKET", "mariadb", || {
                start_mariadb(&Options::default())
            })
        })
        .as_ref()
}

#[expect(clippy::print_stderr, reason = "a skipped server is said aloud")]
fn shared(
    kind: Kind,
    variable: &str,
    word: &str,
    start: impl FnOnce() -> Result<Server, String>,
) -> Option<Server> {
    if let Some(socket) = env::var_os(variable) {
        return Some(Server { kind, socket: PathBuf::from(socket), watchdog: Mutex::new(None) });
    }
    match start() {
        Ok(server) => Some(server),
        Err(reason) => {
            let required = env::var("DBKIT_TEST_REQUIRE").unwrap_or_default();
            assert!(
                !required.split(',').any(|name| name == word),
                "{word} is required, but {reason}; run `cargo xtask test --setup`"
            );
            eprintln!(
                "SKIPPED: everything on {word}: {reason}; `cargo xtask test --setup` gets it"
            );
            None
        }
    }
}

/// A temporary folder that an unprivileged server may use.
pub(crate) fn folder(word: &str) -> Result<PathBuf, String> {
    let folder = tempfile::Builder::new()
        .prefix(&format!("dbkit-{word}-"))
        .tempdir()
        .map_err(|error| error.to_string())?
        .keep();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))
        .map_err(|error| error.to_string())?;
    if is_root() {
        chown(&folder, Some(UNPRIVILEGED), Some(UNPRIVILEGED))
            .map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

/// Writes a file that only the server may read.
pub(crate) fn secret(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| error.to_string())?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .map_err(|error| error.to_string())?;
    if is_root() {
        chown(path, Some(UNPRIVILEGED), Some(UNPRIVILEGED)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
}

fn unprivileged(command: &mut Command) -> &mut Command {
    if is_root() { command.uid(UNPRIVILEGED).gid(UNPRIVILEGED) } else { command }
}

pub(crate) fn checked(command: &mut Command, what: &str) -> Result<(), String> {
    let output = unprivileged(command)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{what}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{what} failed: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// Starts a server under a shell that kills it, and starts it again, for each line that it reads; and stops it, and deletes its folder,
/// when our end of the pipe closes: also after a `kill -9`.
pub(crate) fn watched(command: &str, folder: &Path) -> io::Result<(Child, ChildStdin)> {
    let script = format!(
        "start() {{ {command} >>{0}/log 2>&1 & server=$!; }}
         end() {{ kill -9 $server $(cat /proc/$server/task/*/children 2>/dev/null); wait $server 2>/dev/null; }}
         start; while read -r line; do end; sleep 0.05; start; done; end; rm -rf {0}",
        folder.display()
    );
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir(folder);
    // Its own group, so that an interrupt at the terminal does not reach it before the pipe closes.
    shell.process_group(0);
    let mut child = unprivileged(&mut shell).spawn()?;
    let stdin = child.stdin.take().ok_or_else(|| io::Error::other("no pipe"))?;
    Ok((child, stdin))
}

pub(crate) fn wait_for(
    mut is_up: impl FnMut() -> Result<(), String>,
    folder: &Path,
) -> Result<(), String> {
    let start = Instant::now();
    loop {
        match is_up() {
            Ok(()) => return Ok(()),
            Err(error) if start.elapsed() > Duration::from_secs(60) => {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                return Err(format!("the server does not answer: {error}\n{log}"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Starts the newest PostgreSQL that is there.
///
/// # Errors
/// What went wrong, in words.
pub fn start_newest_postgres(options: &Options<'_>) -> Result<Server, String> {
    let major = *engine::postgres_versions().first().ok_or("no PostgreSQL was found")?;
    start_postgres(major, options)
}

/// Starts PostgreSQL of a major version.
///
/// # Errors
/// What went wrong, in words.
pub fn start_postgres(major: u32, options: &Options<'_>) -> Result<Server, String> {
    let binaries =
        engine::postgres(major).ok_or_else(|| format!("PostgreSQL {major} was not found"))?;
    let folder = folder("postgres")?;
    let data = options.data.unwrap_or(&folder).join("data");
    checked(
        Command::new(binaries.join("initdb"))
            .args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"])
            .args(["--wal-segsize", if options.data.is_some() { "1" } else { "16" }, "-D"])
            .arg(&data),
        "initdb",
    )?;
    let mut listen = "-c listen_addresses=".to_owned();
    if let Some((network, access)) = options.network {
        listen = format!("-c listen_addresses=127.0.0.1 -c port={}", network.port);
        if let Some(keys) = &network.keys {
            let [certificate, key, authority] = keys.put(&folder)?;
            listen.push_str(&format!(
                " -c ssl=on -c ssl_cert_file={certificate} -c ssl_key_file={key} -c ssl_ca_file={authority}"
            ));
        }
        let file = data.join("pg_hba.conf");
        fs::write(&file, format!("local all all trust\n{access}"))
            .map_err(|error| error.to_string())?;
    }
    let sync = if options.is_durable {
        ""
    } else {
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    };
    let command = format!(
        "{} -D {} -k {} {listen} {sync} -c max_connections=200",
        binaries.join("postgres").display(),
        data.display(),
        folder.display()
    );
    let (_, stdin) = watched(&command, &folder).map_err(|error| error.to_string())?;
    let port = options.network.map_or(5432, |(network, _)| network.port);
    wait_for(|| postgres_client_at(&folder, port, "postgres").map(drop), &folder)?;
    Ok(Server { kind: Kind::Postgres, socket: folder, watchdog: Mutex::new(Some(stdin)) })
}

/// Starts MariaDB.
///
/// # Errors
/// What went wrong, in words.
pub fn start_mariadb(options: &Options<'_>) -> Result<Server, String> {
    let engine = engine::mariadb().ok_or_else(|| "no MariaDB was found".to_owned())?;
    let folder = folder("mariadb")?;
    let (data, socket) = (options.data.unwrap_or(&folder).join("data"), folder.join("socket"));
    let share = &engine.share;
    let sql = |name: &str| {
        let found = [format!("mysql_{name}.sql"), format!("mariadb_{name}.sql")]
            .into_iter()
            .map(|file| share.join(file))
            .find(|file| file.exists());
        found.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default()
    };
    let bootstrap = format!(
        "CREATE DATABASE mysql;\nUSE mysql;\n{}\n{}\n{}\n",
        sql("system_tables"),
        sql("system_tables_data"),
        sql("performance_tables")
    );
    let script = folder.join("bootstrap.sql");
    fs::write(&script, bootstrap).map_err(|error| error.to_string())?;
    let basic = format!(
        "{} --no-defaults --datadir={} --tmpdir={} --lc-messages-dir={} --skip-log-bin --innodb-flush-log-at-trx-commit={} {} --innodb-buffer-pool-size=32M --log-warnings=0",
        engine.server.display(),
        data.display(),
        // A server that starts removes what it takes for its own temporary tables, so two must not share a folder.
        folder.display(),
        share.display(),
        u8::from(options.is_durable),
        if options.data.is_some() { "--innodb-log-file-size=4M" } else { "" }
    );
    checked(
        Command::new("sh").arg("-c").arg(format!(
            "mkdir -p {} && {basic} --bootstrap --skip-grant-tables < {}",
            data.display(),
            script.display()
        )),
        "the MariaDB bootstrap",
    )?;
    let mut listen = "--skip-networking".to_owned();
    if let Some((network, more)) = options.network {
        listen = format!("--bind-address=127.0.0.1 --port={} {more}", network.port);
        if let Some(keys) = &network.keys {
            let [certificate, key, authority] = keys.put(&folder)?;
            listen.push_str(&format!(
                " --ssl-cert={certificate} --ssl-key={key} --ssl-ca={authority}"
            ));
        }
    }
    let command = format!("{basic} {listen} --skip-grant-tables --socket={}", socket.display());
    let (_, stdin) = watched(&command, &folder).map_err(|error| error.to_string())?;
    wait_for(|| mariadb_client(&socket, "").map(drop), &folder)?;
    Ok(Server { kind: Kind::MariaDb, socket, watchdog: Mutex::new(Some(stdin)) })
}

impl Server {
    /// Kills the server and its processes (SIGKILL) and starts it again; comes back when it answers.
    ///
    /// # Panics
    /// If it does not come up: a test cannot go on.
    pub fn kill(&self) {
        use std::io::Write as _;
        let mut watchdog = self.watchdog.lock().expect("nobody panicked with it");
        let pipe = watchdog.as_mut().expect("a server of this process");
        let folder = match self.kind {
            Kind::Postgres => self.socket.as_path(),
            Kind::MariaDb => self.socket.parent().expect("in a folder"),
        };
        pipe.write_all(b"\n").expect("the shell is there");
        // The old one may answer for another moment.
        std::thread::sleep(Duration::from_millis(100));
        wait_for(|| execute(self.kind, &self.socket, "SELECT 1"), folder).expect("comes up again");
    }

    /// The socket (MariaDB), or its folder (PostgreSQL): what `DBKIT_TEST_POSTGRES` and `DBKIT_TEST_MARIADB_SOCKET` hold.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}
