//! `cargo xtask demo`: the main job, on SQLite, in a scratch copy of the shop. Each command is printed before it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// Builds dbkit and plays the demo.
pub(crate) fn run(root: &Path, target: &Path) -> Result<(), Failure> {
    println!("$ cargo build -p cargo-dbkit");
    let status =
        Command::new("cargo").args(["build", "-p", "cargo-dbkit"]).current_dir(root).status()?;
    if !status.success() {
        return Err("dbkit does not build".into());
    }
    let scratch = tempfile::Builder::new().prefix("dbkit-demo-").tempdir()?;
    let session = Session { root, target, folder: scratch.path().join("shop") };
    session.copy_shop()?;
    session.play()
}

struct Session<'a> {
    root: &'a Path,
    target: &'a Path,
    folder: PathBuf,
}

impl Session<'_> {
    /// A copy of the shop that stands on its own and builds offline, next to what is built already.
    fn copy_shop(&self) -> Result<(), Failure> {
        let shop = self.root.join("test-fixtures/apps/shop");
        copy(&shop, &self.folder)?;
        let manifest = fs::read_to_string(shop.join("Cargo.toml"))?;
        let root = self.root.display().to_string();
        // Its tests stay behind, and what only they need.
        let manifest = without_section(&manifest, "[dev-dependencies]")
            .replace("../../../", &format!("{root}/"))
            .replace("edition.workspace = true", "edition = \"2024\"")
            .replace("rust-version.workspace = true\n", "")
            .replace("license.workspace = true\n", "")
            .replace("version.workspace = true", "version = \"0.1.0\"")
            .replace("[lints]\nworkspace = true\n", "")
            .replace(
                "rusqlite = { workspace = true,",
                "rusqlite = { version = \">=0.37, <0.42\", default-features = false,",
            )
            .replace("postgres = { workspace = true,", "postgres = { version = \"0.19.14\",");
        fs::write(self.folder.join("Cargo.toml"), format!("{manifest}\n[workspace]\n"))?;
        fs::copy(self.root.join("Cargo.lock"), self.folder.join("Cargo.lock"))?;
        Ok(())
    }

    fn play(&self) -> Result<(), Failure> {
        say("A small shop, with a history of migrations. Its database is new:");
        self.shown("cargo run", &["run", "-q", "--offline"], 0)?;
        self.dbkit(&["status"], 0)?;

        say("Somebody adds a field to a struct:");
        let schema = self.folder.join("src/schema.rs");
        let text = fs::read_to_string(&schema)?;
        let edited = text.replacen(
            "    pub country: String,\n",
            "    pub country: String,\n    #[dbkit(default(false))]\n    pub newsletter: bool,\n",
            1,
        );
        if edited == text {
            return Err("the shop's schema has no `country`".into());
        }
        fs::write(&schema, edited)?;
        println!("+   #[dbkit(default(false))]\n+   pub newsletter: bool,\n");
        self.dbkit(&["generate"], 0)?;
        let newest = self.newest()?;
        self.print_file(&newest.join("up.sql"))?;

        say("The build verifies and embeds it, the app applies it:");
        self.shown("cargo run", &["run", "-q", "--offline"], 0)?;
        self.dbkit(&["status"], 0)?;

        say("Somebody edits an old migration:");
        let oldest = self.oldest()?.join("up.sql");
        let text = fs::read_to_string(&oldest)?;
        fs::write(&oldest, text.replacen("varchar(320)", "varchar(200)", 1))?;
        println!("$ sed -i 's/varchar(320)/varchar(200)/' {}\n", self.relative(&oldest));
        self.shown("cargo build", &["build", "-q", "--offline"], 101)?;
        fs::write(&oldest, text)?;
        say(
            "That is the main job: edit a struct, generate, review, build, run; and nobody rewrites history.",
        );
        Ok(())
    }

    fn migrations(&self) -> Result<Vec<PathBuf>, Failure> {
        let entries = fs::read_dir(self.folder.join("migrations"))?;
        let mut folders: Vec<PathBuf> = entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        Ok(folders)
    }

    fn newest(&self) -> Result<PathBuf, Failure> {
        self.migrations()?.pop().ok_or_else(|| "the shop has no migrations".into())
    }

    fn oldest(&self) -> Result<PathBuf, Failure> {
        self.migrations()?.into_iter().next().ok_or_else(|| "the shop has no migrations".into())
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.folder).unwrap_or(path).display().to_string()
    }

    fn print_file(&self, path: &Path) -> Result<(), Failure> {
        println!("$ cat {}\n{}", self.relative(path), fs::read_to_string(path)?);
        Ok(())
    }

    fn dbkit(&self, arguments: &[&str], code: i32) -> Result<(), Failure> {
        println!("$ cargo dbkit {}", arguments.join(" "));
        let mut command = Command::new(self.target.join("debug/cargo-dbkit"));
        command.arg("dbkit").args(arguments);
        self.execute(&mut command, code)
    }

    fn shown(&self, shown: &str, arguments: &[&str], code: i32) -> Result<(), Failure> {
        println!("$ {shown}");
        let mut command = Command::new("cargo");
        command.args(arguments).env("CARGO_TARGET_DIR", self.target.join("demo"));
        self.execute(&mut command, code)
    }

    fn execute(&self, command: &mut Command, code: i32) -> Result<(), Failure> {
        command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .env("DATABASE_URL", "sqlite:shop.db")
            .env_remove("RUST_BACKTRACE");
        // What goes to stderr and to stdout is one conversation here.
        let output = command.output()?;
        print!(
            "{}{}",
            String::from_utf8_lossy(&output.stderr),
            String::from_utf8_lossy(&output.stdout)
        );
        println!();
        if output.status.code() == Some(code) {
            Ok(())
        } else {
            Err(format!("expected exit code {code}, found {:?}", output.status.code()).into())
        }
    }
}

/// A manifest without one of its sections.
fn without_section(manifest: &str, title: &str) -> String {
    let mut is_left_out = false;
    let mut kept = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_left_out = line == title;
        }
        if !is_left_out {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn say(text: &str) {
    println!("# {text}\n");
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "target" && entry.file_name() != "tests" {
                copy(&entry.path(), &target)?;
            }
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
