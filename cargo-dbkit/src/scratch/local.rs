//! A server of its own: started from binaries of this machine, on a socket in a temporary folder, without fsync, as an unprivileged user.
//!
//! It lives as long as the process, and is shared by all scratch databases of it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use dbkit_schema::model::DialectName;

use super::watchdog::Watchdog;
use crate::failure::io_words;
use crate::url::Server;

/// Folders with server binaries, to be looked into instead of the usual places. Empty: there are none.
pub(super) const BINARIES: &str = "DBKIT_SERVER_BINARIES";

/// `nobody`, on every Linux: servers refuse to run as root.
const UNPRIVILEGED: u32 = 65534;

const FOLDER: &str = "dbkit-scratch-";

/// How long the folder of a server that nobody stopped is left alone.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// Starts a server, once in a process. The reason, in words, if there is none.
pub(super) fn server(dialect: DialectName) -> Result<Server, String> {
    static STARTED: Mutex<Vec<(Server, Watchdog)>> = Mutex::new(Vec::new());
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((server, _)) = started.iter().find(|(server, _)| server.dialect == dialect) {
        return Ok(server.clone());
    }
    remove_stale();
    let (server, watchdog) = match dialect {
        DialectName::Postgres => postgres()?,
        DialectName::Mysql => mysql()?,
        DialectName::Sqlite => return Err("SQLite has no server".to_owned()),
    };
    started.push((server.clone(), watchdog));
    Ok(server)
}

/// Where binaries may be, the best first.
fn folders(usual: &[&str]) -> Vec<PathBuf> {
    let split = |list: OsString| env::split_paths(&list).collect::<Vec<_>>();
    if let Some(list) = env::var_os(BINARIES) {
        return split(list).into_iter().filter(|folder| !folder.as_os_str().is_empty()).collect();
    }
    let usual = usual.iter().flat_map(|pattern| numbered(pattern));
    usual.chain(env::var_os("PATH").map(split).unwrap_or_default()).collect()
}

/// `/usr/lib/postgresql/*/bin` with the numbers that are there, the highest first.
fn numbered(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            let number = name.strip_prefix(prefix)?.split('.').next()?.parse().ok()?;
            Some((number, PathBuf::from(format!("{parent}/{name}{after}"))))
        })
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, path)| path).collect()
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
        || env::var("USER").is_ok_and(|user| user == "root")
}

#[cfg(unix)]
fn unprivileged(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    if is_root() {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
}

/// A temporary folder that the server may use.
#[cfg(unix)]
fn folder(word: &str) -> Result<PathBuf, String> {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    let make = || {
        let folder = tempfile::Builder::new().prefix(&format!("{FOLDER}{word}-")).tempdir()?.keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        if is_root() {
            chown(&folder, Some(UNPRIVILEGED), Some(UNPRIVILEGED))?;
        }
        Ok(folder)
    };
    make().map_err(|error: std::io::Error| format!("a temporary folder: {}", io_words(&error)))
}

fn remove_stale() {
    let now = SystemTime::now();
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(FOLDER));
        let age = entry
            .metadata()
            .and_then(|data| data.modified())
            .ok()
            .and_then(|made| now.duration_since(made).ok());
        if is_ours && age.is_some_and(|age| age > STALE) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Runs a step that must end well, or gives the last line of what it said.
#[cfg(unix)]
fn step(command: &mut Command, what: &str) -> Result<(), String> {
    unprivileged(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{what}: {}", io_words(&error)))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it failed");
    Err(format!("{what}: {last}"))
}

/// Starts the server under a shell that stops it, and deletes its folder, when our end of the pipe closes.
#[cfg(unix)]
fn watched(
    folder: &Path,
    signal: &str,
    binary: &Path,
    arguments: &[String],
) -> Result<Watchdog, String> {
    let script = "folder=$1; signal=$2; shift 2\n\
                  \"$@\" >\"$folder/log\" 2>&1 & server=$!\n\
                  read -r line; kill -s \"$signal\" $server; wait $server 2>/dev/null; rm -rf \"$folder\"";
    let mut shell = Command::new("sh");
    unprivileged(&mut shell);
    shell.current_dir(folder);
    let (folder, binary) = (folder.display().to_string(), binary.display().to_string());
    let mut words = vec![folder.as_str(), signal, binary.as_str()];
    words.extend(arguments.iter().map(String::as_str));
    Watchdog::start_as(&mut shell, script, &words).map_err(|error| io_words(&error))
}

/// The server answers, or the reason why it does not.
#[cfg(unix)]
fn await_server(
    server: Server,
    mut watchdog: Watchdog,
    folder: &Path,
) -> Result<(Server, Watchdog), String> {
    let log = folder.join("log");
    let is_over = || {
        watchdog.has_ended().then(|| {
            let log = fs::read_to_string(&log).unwrap_or_default();
            log.lines().last().unwrap_or("it ended").to_owned()
        })
    };
    super::wait_for(&server, is_over)?;
    Ok((server, watchdog))
}

#[cfg(unix)]
fn postgres() -> Result<(Server, Watchdog), String> {
    const USUAL: [&str; 6] = [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/usr/local/pgsql/bin",
    ];
    let binaries = folders(&USUAL)
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .ok_or("no `postgres` and `initdb` in the usual places or on PATH")?;
    let folder = folder("postgres")?;
    let data = folder.join("data");
    let made = step(
        Command::new(binaries.join("initdb"))
            .args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D"])
            .arg(&data)
            .current_dir(&folder),
        "initdb",
    );
    if let Err(reason) = made {
        let _ = fs::remove_dir_all(&folder);
        return Err(reason);
    }
    let mut arguments = vec!["-D".to_owned(), data.display().to_string()];
    arguments.extend(["-k".to_owned(), folder.display().to_string()]);
    for setting in
        ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    {
        arguments.extend(["-c".to_owned(), setting.to_owned()]);
    }
    // An immediate shutdown gives shared memory back; a kill would not.
    let watchdog = watched(&folder, "QUIT", &binaries.join("postgres"), &arguments)?;
    let server = Server {
        user: Some("postgres".to_owned()),
        socket: Some(folder.display().to_string()),
        database: Some("postgres".to_owned()),
        ..super::nameless(DialectName::Postgres)
    };
    await_server(server, watchdog, &folder)
}

#[cfg(unix)]
fn mysql() -> Result<(Server, Watchdog), String> {
    const USUAL: [&str; 6] = [
        "/usr/sbin",
        "/usr/libexec",
        "/usr/local/sbin",
        "/opt/homebrew/opt/mariadb/bin",
        "/usr/local/opt/mariadb/bin",
        "/usr/local/mysql/bin",
    ];
    let binary = folders(&USUAL)
        .into_iter()
        .flat_map(|folder| [folder.join("mariadbd"), folder.join("mysqld")])
        .find(|binary| binary.exists())
        .ok_or("no `mariadbd` or `mysqld` in the usual places or on PATH")?;
    let said = Command::new(&binary).args(["--no-defaults", "--version"]).output();
    let is_mariadb =
        said.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("MariaDB"));
    let folder = folder("mysql")?;
    let (data, socket) = (folder.join("data"), folder.join("socket"));
    let mut arguments = vec!["--no-defaults".to_owned(), format!("--datadir={}", data.display())];
    arguments.push("--skip-log-bin".to_owned());
    arguments.push("--innodb-flush-log-at-trx-commit=0".to_owned());
    arguments.push("--innodb-buffer-pool-size=32M".to_owned());
    let made = if is_mariadb {
        mariadb_data(&binary, &folder, &data, &mut arguments)
    } else {
        arguments.push("--mysqlx=OFF".to_owned());
        step(
            Command::new(&binary)
                .args(&arguments)
                .arg("--initialize-insecure")
                .current_dir(&folder),
            "mysqld --initialize-insecure",
        )
    };
    if let Err(reason) = made {
        let _ = fs::remove_dir_all(&folder);
        return Err(reason);
    }
    arguments.extend([
        "--skip-networking".to_owned(),
        format!("--socket={}", socket.display()),
        format!("--pid-file={}", folder.join("pid").display()),
    ]);
    let watchdog = watched(&folder, "KILL", &binary, &arguments)?;
    let server = Server {
        user: Some("root".to_owned()),
        socket: Some(socket.display().to_string()),
        ..super::nameless(DialectName::Mysql)
    };
    await_server(server, watchdog, &folder)
}

/// Makes the system tables as `mariadb-install-db` does, which is not always installed with the server. `root` needs no password.
#[cfg(unix)]
fn mariadb_data(
    binary: &Path,
    folder: &Path,
    data: &Path,
    arguments: &mut Vec<String>,
) -> Result<(), String> {
    let script = |share: &Path, name: &str| {
        let names = [format!("mysql_{name}.sql"), format!("mariadb_{name}.sql")];
        names.iter().map(|file| share.join(file)).find(|file| file.exists())
    };
    let beside = binary.parent().and_then(Path::parent).unwrap_or(Path::new("/usr"));
    let shares = [beside.join("share"), PathBuf::from("/usr/share")];
    let share = shares
        .iter()
        .flat_map(|share| [share.join("mysql"), share.join("mariadb"), share.clone()])
        .find(|share| script(share, "system_tables").is_some())
        .ok_or("MariaDB's `mysql_system_tables.sql` was not found")?;
    arguments.push(format!("--lc-messages-dir={}", share.display()));
    let mut bootstrap = "CREATE DATABASE mysql;\nUSE mysql;\n".to_owned();
    for name in ["system_tables", "performance_tables", "system_tables_data"] {
        let text = script(&share, name).and_then(|file| fs::read_to_string(file).ok());
        bootstrap.push_str(&text.unwrap_or_default());
        bootstrap.push('\n');
    }
    let file = folder.join("bootstrap.sql");
    fs::write(&file, bootstrap).map_err(|error| io_words(&error))?;
    step(
        Command::new("sh")
            .args([
                "-c",
                "data=$1; file=$2; shift 2; mkdir -p \"$data\" && \"$@\" < \"$file\"",
                "sh",
            ])
            .arg(data)
            .arg(&file)
            .arg(binary)
            .args(&*arguments)
            .arg("--bootstrap")
            .current_dir(folder),
        "mariadbd --bootstrap",
    )
}

#[cfg(not(unix))]
fn postgres() -> Result<(Server, Watchdog), String> {
    Err("a server is started by dbkit only on Unix".to_owned())
}

#[cfg(not(unix))]
fn mysql() -> Result<(Server, Watchdog), String> {
    Err("a server is started by dbkit only on Unix".to_owned())
}
