//! What `pull` writes, and what the exports for diesel and SeaORM write, compiles: of databases with every type and with names that are
//! no names in Rust, and of a schema that nobody here made up.
//!
//! All of it is one workspace in a temporary folder, which the compiler sees once. SeaORM is large: it is compiled where
//! `DBKIT_TEST_SEA_ORM` is set, and fetched from the registry then.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use support::Package;
use test_fixtures::server::{self, Server};

/// The crates that `pull` takes types of. The lock file of this workspace says which versions.
const PLAIN: &str = "";
const TIME: &str = "time = { version = \"*\", default-features = false }\nuuid = { version = \"*\", default-features = false }\nrust_decimal = { version = \"*\", default-features = false, features = [\"std\"] }\nserde_json = \"*\"\n";
const CHRONO: &str = "chrono = { version = \"*\", default-features = false }\nserde_json = \"*\"\n";

const DIESEL: &str = "diesel = { version = \"*\", default-features = false, features = [\"32-column-tables\", \"postgres_backend\", \"mysql_backend\"] }\n";
const SEA_ORM: &str = "sea-orm = { version = \"2\", default-features = false, features = [\"macros\", \"postgres-array\", \"with-chrono\", \"with-json\", \"with-rust_decimal\", \"with-uuid\"] }\n";

/// Whether a package has the code of other libraries beside its structs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exports {
    With,
    Without,
}

/// Packages that are compiled together.
struct Workspace {
    root: Package,
    members: Vec<String>,
    has_sea_orm: bool,
}

fn fixture(path: &str) -> String {
    let path = test_fixtures::workspace().join("test-fixtures").join(path);
    fs::read_to_string(path).expect("the file")
}

impl Workspace {
    fn new() -> Self {
        let has_sea_orm = std::env::var_os("DBKIT_TEST_SEA_ORM").is_some();
        Self { root: Package::bare(), members: Vec::new(), has_sea_orm }
    }

    /// A package whose structs are pulled from a database, with its exports.
    fn add(&mut self, dialect: &str, name: &str, crates: &str, exports: Exports, url: &str) {
        let member = format!("compiled-{dialect}-{name}");
        let runtime = test_fixtures::workspace().join("dbkit-runtime");
        let sea_orm = if self.has_sea_orm { SEA_ORM } else { "" };
        let dbkit = format!(
            "dbkit = {{ package = \"dbkit-runtime\", path = \"{}\", features = [\"derive\", \"chrono\", \"serde_json\", \"time\", \"uuid\"] }}\n",
            runtime.display()
        );
        self.root.write(
            &format!("{member}/Cargo.toml"),
            &format!("[package]\nname = \"{member}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.dbkit]\ndialect = \"{dialect}\"\n\n[dependencies]\n{dbkit}{DIESEL}{sea_orm}{crates}"),
        );
        self.root.write(&format!("{member}/migrations/journal.lock"), "dbkit journal 1\n");
        self.members.push(member.clone());
        self.write_manifest();
        self.run(&member, &format!("pull --url {url}"));
        if exports == Exports::Without {
            self.root.write(&format!("{member}/src/lib.rs"), "pub mod schema;\n");
            return;
        }
        let diesel = self.run(&member, &format!("export {url} --format diesel"));
        self.root.write(&format!("{member}/src/diesel.rs"), &diesel);
        let mut modules = "pub mod schema;\npub mod diesel;\n".to_owned();
        if self.has_sea_orm {
            let entities = self.run(&member, &format!("export {url} --format sea-orm"));
            self.root.write(&format!("{member}/src/entities.rs"), &entities);
            modules.push_str("pub mod entities;\n");
        }
        self.root.write(&format!("{member}/src/lib.rs"), &modules);
    }

    fn write_manifest(&self) {
        let members: Vec<String> = self.members.iter().map(|name| format!("\"{name}\"")).collect();
        self.root.write(
            "Cargo.toml",
            &format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", ")),
        );
    }

    fn run(&self, member: &str, line: &str) -> String {
        let output = self.root.command_in(member, line).output().expect("it runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`{line}` in `{member}` failed\n{stderr}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Says what the compiler says, where it is no success.
    fn must_compile(&self) {
        let root = test_fixtures::workspace();
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        fs::copy(root.join("Cargo.lock"), self.root.path().join("Cargo.lock")).expect("is copied");
        let mut command = Command::new(env!("CARGO"));
        command.args(["check", "--workspace", "--tests", "--quiet", "--keep-going"]);
        if !self.has_sea_orm {
            command.arg("--offline");
        }
        let output = command
            .current_dir(self.root.path())
            .env("CARGO_TARGET_DIR", target.join("ui"))
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        assert_eq!(stderr, "");
    }
}

/// Brings a database to what SQL or structs say.
fn fill(dialect: &str, file: &str, text: &str, url: &str) {
    // Where SQL files are read.
    let scratch = if url.starts_with("sqlite:") {
        String::new()
    } else {
        format!("scratch-url = \"{url}\"\n")
    };
    let mut given = Package::without_schema(dialect, &format!("schema = [\"{file}\"]\n{scratch}"));
    given.write(file, text);
    given.quietly(&format!("push --url {url}"));
}

fn add_all(workspace: &mut Workspace, dialect: &str, url: &mut dyn FnMut() -> String) {
    let chinook = fixture("apps/chinook/src/schema.rs");
    let sources = [
        ("odd", PLAIN, Exports::With, "schema.sql", fixture(&format!("odd/{dialect}.sql"))),
        ("types", TIME, Exports::With, "schema.sql", fixture(&format!("odd/rust/{dialect}.sql"))),
        (
            "types-of-others",
            CHRONO,
            Exports::Without,
            "schema.sql",
            fixture(&format!("odd/rust/{dialect}.sql")),
        ),
        ("chinook", TIME, Exports::With, "src/schema.rs", chinook),
    ];
    for (name, crates, exports, file, text) in sources {
        let url = url();
        fill(dialect, file, &text, &url);
        workspace.add(dialect, name, crates, exports, &url);
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a proof that was left out is said aloud")]
fn what_is_pulled_and_exported_compiles() {
    let mut workspace = Workspace::new();
    let folder = tempfile::tempdir().expect("a folder");
    let mut number = 0;
    add_all(&mut workspace, "sqlite", &mut || {
        number += 1;
        format!("sqlite:{}", folder.path().join(format!("{number}.db")).display())
    });
    let mut databases = Vec::new();
    let mut on_server = |dialect: &str, server: Option<&'static Server>| {
        let Some(server) = server else { return };
        add_all(&mut workspace, dialect, &mut || {
            databases.push(server.fresh_database());
            databases[databases.len() - 1].url()
        });
    };
    on_server("postgres", server::postgres());
    on_server("mysql", server::mariadb());
    if !workspace.has_sea_orm {
        eprintln!("SKIPPED: entities of SeaORM are compiled where `DBKIT_TEST_SEA_ORM` is set");
    }
    workspace.must_compile();
}
