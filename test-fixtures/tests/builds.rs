//! Apps whose build must fail with a message that was reviewed (`test-fixtures/builds/*.stderr`), and apps that must build.
//!
//! Each app is made in a temporary folder: what is wrong with it (a CR, a BOM, bytes that are no text) would not survive a checkout.
//! `DBKIT_TEST_UPDATE=1` writes the messages; read them before you commit them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use dbkit_build::canonical::Hash;
use dbkit_build::id::MigrationId;
use dbkit_build::journal::{Entry, Journal};
use dbkit_build::write::{self, MigrationTexts};
use dbkit_schema::delta::Delta;
use dbkit_schema::model::{DialectName, Schema};
use dbkit_schema::rust::{Options, SourceFile, read};

const FIRST: &str = "20260101000000_create_users";
const SECOND: &str = "20260102000000_create_posts";

/// An app with two migrations, as it should be.
struct App {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn id(text: &str) -> MigrationId {
    text.parse().expect("a good id")
}

impl App {
    fn new() -> Self {
        // A name of its own: cargo takes packages of one name in one target folder for the same one, wherever they are.
        // Each test may be a process of its own.
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("main").replace(':', "_");
        let name = format!("app-{test}-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("app");
        let root = test_fixtures::workspace();
        fs::create_dir_all(path.join("src")).expect("is made");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\ndescription = \"an app\"\nlicense = \"MIT\"\n\n[workspace]\n\n[build-dependencies]\ndbkit-build = {{ version = \"0.1.0\", path = \"{}\" }}\n",
            root.join("dbkit-build").display()
        );
        fs::write(path.join("Cargo.toml"), manifest).expect("is written");
        fs::copy(root.join("Cargo.lock"), path.join("Cargo.lock")).expect("is copied");
        fs::write(
            path.join("build.rs"),
            "fn main() {\n    dbkit_build::embed(\"migrations\");\n}\n",
        )
        .expect("is written");
        let main = "static BLOB: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/dbkit_migrations.bin\"));\n\nfn main() {\n    println!(\"{}\", BLOB[8]);\n}\n";
        fs::write(path.join("src/main.rs"), main).expect("is written");
        let app = Self { _folder: folder, path };
        fs::create_dir_all(app.migrations()).expect("is made");
        let mut journal = Journal::default();
        for (name, up, parents) in [
            (FIRST, "CREATE TABLE users (id integer);\n", vec![]),
            (SECOND, "CREATE TABLE posts (id integer);\n", vec![id(FIRST)]),
        ] {
            let changes = "{\"dbkit\":\"changes\",\"version\":1,\n\"changes\":[]}\n";
            let texts = MigrationTexts {
                up: up.to_owned(),
                down: Some("SELECT 1;\n".to_owned()),
                changes: Some(changes.to_owned()),
            };
            write::migration(&app.migrations(), &id(name), &texts).expect("is written");
            journal.insert(Entry {
                id: id(name),
                up: Hash::of(up.as_bytes()),
                down: Some(Hash::of(b"SELECT 1;\n")),
                changes: Some(Hash::of(changes.as_bytes())),
                parents,
            });
        }
        write::journal(&app.migrations(), &journal).expect("is written");
        app
    }

    fn migrations(&self) -> PathBuf {
        self.path.join("migrations")
    }

    fn edit(&self, file: &str, edit: impl FnOnce(String) -> String) {
        let path = self.migrations().join(file);
        let text = fs::read_to_string(&path).expect("is read");
        fs::write(path, edit(text)).expect("is written");
    }

    fn build(&self) -> (bool, String) {
        build(&self.path, &["build", "--offline"])
    }

    fn must_build(&self) {
        let (is_built, stderr) = self.build();
        assert!(is_built, "{stderr}");
    }

    fn must_fail(&self, name: &str) {
        let (is_built, stderr) = self.build();
        assert!(!is_built, "`{name}` should not build");
        self.must_say(name, "error: app-", &stderr);
    }

    fn must_warn(&self, name: &str) {
        let (is_built, stderr) = self.build();
        assert!(is_built, "{stderr}");
        self.must_say(name, "warning: app-", &stderr);
    }

    fn must_say(&self, name: &str, start: &str, stderr: &str) {
        let errors: Vec<&str> = stderr.lines().filter(|line| line.starts_with(start)).collect();
        // `error: app-..@0.1.0: ` is cargo's; the rest is ours.
        let ours =
            errors.iter().map(|line| line.split_once("@0.1.0: ").map_or(*line, |(_, rest)| rest));
        let found = ours.collect::<Vec<_>>().join("\n") + "\n";
        assert!(!stderr.contains("panicked"), "{stderr}");
        let path =
            test_fixtures::workspace().join("test-fixtures/builds").join(format!("{name}.stderr"));
        if std::env::var_os("DBKIT_TEST_UPDATE").is_some() {
            fs::write(&path, &found).expect("is written");
        }
        let reviewed = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, reviewed, "{stderr}");
    }
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| test_fixtures::workspace().join("target"), PathBuf::from)
        .join("builds")
}

fn build(folder: &Path, arguments: &[&str]) -> (bool, String) {
    build_with(folder, arguments, &[])
}

fn build_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("RUSTFLAGS")
        .envs(variables.iter().copied())
        .output()
        .expect("cargo runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

// One test, because all apps have one name and share a target folder: their builds would wait for each other anyway.
#[test]
fn a_migrations_folder_that_is_not_as_recorded_fails_the_build() {
    let app = App::new();
    app.must_build();

    let app = App::new();
    app.edit(&format!("{FIRST}/up.sql"), |text| text.replace("integer", "bigint"));
    app.must_fail("edited_up");

    let app = App::new();
    app.edit(&format!("{FIRST}/changes.json"), |text| text.replace("[]", "[ ]"));
    app.must_fail("edited_changes");

    let app = App::new();
    fs::remove_dir_all(app.migrations().join(FIRST)).expect("is removed");
    app.must_fail("missing_folder");

    let app = App::new();
    fs::create_dir(app.migrations().join("20260103000000_orphan")).expect("is made");
    fs::write(app.migrations().join("20260103000000_orphan/up.sql"), "SELECT 1;\n")
        .expect("is written");
    app.must_fail("orphan_folder");

    let app = App::new();
    app.edit("journal.lock", |text| {
        text.replace(&format!("parent:{FIRST}"), "parent:20251231000000_nobody")
    });
    app.must_fail("unknown_parent");

    let app = App::new();
    app.edit("journal.lock", |text| {
        let line = text.lines().nth(1).unwrap_or_default().replacen("up:", "up:0", 1);
        let shortened = line.replacen("  down", "", 0);
        let cut = shortened.find("  down").unwrap_or_default();
        format!("{text}{}{}\n", &shortened[..cut - 1], &shortened[cut..])
    });
    app.must_fail("duplicate_id");

    let app = App::new();
    fs::remove_dir_all(app.migrations()).expect("is removed");
    app.must_fail("missing_migrations");

    let app = App::new();
    fs::write(
        app.migrations().join(FIRST).join("up.sql"),
        b"CREATE TABLE users (\n    name text DEFAULT '\xe4'\n);\n",
    )
    .expect("is written");
    app.must_fail("not_utf8");

    let app = App::new();
    app.edit("journal.lock", |text| text.replace("dbkit journal 1", "dbkit journal 9"));
    app.must_fail("newer_journal");

    let app = App::new();
    app.edit("journal.lock", |text| text.replace("parent:-", &format!("parent:{SECOND}")));
    app.must_fail("circle_of_parents");

    // Both embedded under one name: the second would take the place of the first.
    let app = App::new();
    fs::rename(app.migrations(), app.path.join("one")).expect("is moved");
    copy(&app.path.join("one"), &app.path.join("two"));
    fs::write(
        app.path.join("build.rs"),
        "fn main() {\n    dbkit_build::embed(\"one\");\n    dbkit_build::embed(\"two\");\n}\n",
    )
    .expect("is written");
    app.must_fail("two_folders_one_name");

    // Several mistakes are said at once.
    let app = App::new();
    app.edit(&format!("{FIRST}/up.sql"), |text| text.replace("integer", "bigint"));
    fs::remove_dir_all(app.migrations().join(SECOND)).expect("is removed");
    app.must_fail("two_mistakes");

    // The emergency valve says that it is open.
    let app = App::new();
    app.edit(&format!("{FIRST}/up.sql"), |text| text.replace("integer", "bigint"));
    let (is_built, stderr) =
        build_with(&app.path, &["build", "--offline"], &[("DBKIT_BUILD", "warn")]);
    assert!(is_built && stderr.contains("DBKIT_BUILD=warn"), "{stderr}");
}

#[test]
fn what_only_looks_as_if_it_did_something_is_warned_of() {
    let app = App::new();
    fs::write(app.migrations().join("20260103000000_more.sql"), "SELECT 1;\n").expect("is written");
    app.must_warn("stray_script");

    let app = App::new();
    let up = "-- Makes users.\nCREATE TABLE users (id integer);\n\n-- dbkit: no-transaction\nCREATE INDEX users_id ON users (id);\n\nINSERT INTO users VALUES ('\n-- dbkit: irreversible');\n";
    fs::write(app.migrations().join(FIRST).join("up.sql"), up).expect("is written");
    app.edit("journal.lock", |text| {
        let recorded = Hash::of(b"CREATE TABLE users (id integer);\n").to_string();
        text.replace(&recorded, &Hash::of(up.as_bytes()).to_string())
    });
    app.must_warn("late_directive");
}

/// What the structs of a file are, as changes.json has it.
fn changes(text: &str) -> String {
    let file = SourceFile { path: "src/schema.rs".to_owned(), text: text.to_owned() };
    let reading = read(&[file], &Options::new(DialectName::Postgres));
    assert_eq!(reading.diagnostics, []);
    let nothing = Schema::default();
    Delta::between(&nothing, &nothing, Vec::new(), &reading.schema).to_text()
}

#[test]
fn structs_that_are_ahead_of_the_migrations_are_said() {
    let app = App::new();
    let edit_manifest = |from: &str, to: &str| {
        let path = app.path.join("Cargo.toml");
        let text = fs::read_to_string(&path).expect("is read");
        fs::write(path, text.replace(from, to)).expect("is written");
    };
    edit_manifest("/dbkit-build\" }", "/dbkit-build\", features = [\"schema-check\"] }");
    let users = "use dbkit::Table;\n\n#[derive(Table)]\n#[dbkit(table = \"users\")]\npub struct User {\n    #[dbkit(primary_key)]\n    pub id: i64,\n}\n";
    fs::write(app.path.join("src/schema.rs"), users).expect("is written");
    let changes = changes(users);
    app.edit(&format!("{FIRST}/changes.json"), |_| changes.clone());
    app.edit("journal.lock", |text| {
        let none = "{\"dbkit\":\"changes\",\"version\":1,\n\"changes\":[]}\n";
        text.replacen(
            &Hash::of(none.as_bytes()).to_string(),
            &Hash::of(changes.as_bytes()).to_string(),
            1,
        )
    });
    app.must_warn("schema_without_dialect");
    edit_manifest("[workspace]", "[package.metadata.dbkit]\ndialect = \"postgres\"\n\n[workspace]");
    let (is_built, stderr) = app.build();
    assert!(is_built && !stderr.contains("dbkit["), "{stderr}");

    let more = users.replace(
        "pub id: i64,\n",
        "pub id: i64,\n    pub name: String,\n    #[dbkit(unique)]\n    pub email: String,\n",
    );
    fs::write(app.path.join("src/schema.rs"), &more).expect("is written");
    app.must_warn("schema_ahead");
    fs::write(
        app.path.join("build.rs"),
        "fn main() {\n    dbkit_build::Embed::new(\"migrations\").schema_check(dbkit_build::SchemaCheck::Deny).run();\n}\n",
    )
    .expect("is written");
    app.must_fail("schema_ahead");

    // A mistake in the structs is the compiler's to say.
    fs::write(app.path.join("src/schema.rs"), more.replace("unique", "uniqe")).expect("is written");
    app.must_build();
}

#[test]
fn a_package_embeds_several_folders_by_name() {
    let app = App::new();
    copy(&app.migrations(), &app.path.join("audit"));
    fs::write(
        app.path.join("build.rs"),
        "fn main() {\n    dbkit_build::embed(\"migrations\");\n    dbkit_build::Embed::new(\"audit\").set(\"audit\").run();\n}\n",
    )
    .expect("is written");
    let main = "static BLOB: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/dbkit_migrations.bin\"));\nstatic AUDIT: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/dbkit_migrations_audit.bin\"));\n\nfn main() {\n    assert_ne!(env!(\"DBKIT_SET_HASH\"), \"\");\n    assert_ne!(env!(\"DBKIT_SET_HASH_AUDIT\"), \"\");\n    println!(\"{}\", BLOB[8] + AUDIT[8]);\n}\n";
    fs::write(app.path.join("src/main.rs"), main).expect("is written");
    app.must_build();
}

#[test]
fn other_line_ends_marks_and_places_are_no_drift() {
    let app = App::new();
    for file in
        [format!("{FIRST}/up.sql"), format!("{SECOND}/changes.json"), "journal.lock".to_owned()]
    {
        app.edit(&file, |text| text.replace('\n', "\r\n"));
    }
    app.must_build();

    let app = App::new();
    app.edit(&format!("{FIRST}/up.sql"), |text| format!("\u{feff}{text}"));
    app.edit("journal.lock", |text| format!("\u{feff}{text}"));
    app.must_build();

    // A member of a workspace, in a folder of its own.
    let app = App::new();
    let root = app.path.with_file_name("workspace");
    fs::create_dir_all(root.join("crates")).expect("is made");
    fs::rename(&app.path, root.join("crates/app")).expect("is moved");
    let manifest = root.join("crates/app/Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("is read").replace("[workspace]\n\n", "");
    fs::write(&manifest, text).expect("is written");
    fs::rename(root.join("crates/app/Cargo.lock"), root.join("Cargo.lock")).expect("is moved");
    fs::write(
        root.join("Cargo.toml"),
        "[workspace]\nmembers = [\"crates/app\"]\nresolver = \"3\"\n",
    )
    .expect("is written");
    let (is_built, stderr) = build(&root, &["build", "--offline"]);
    assert!(is_built, "{stderr}");
}

/// `DBKIT_BUILD` waives an edit, but a missing migration would be embedded as one without statements.
#[test]
fn the_valve_does_not_embed_what_is_not_there() {
    for valve in ["warn", "off"] {
        let app = App::new();
        fs::remove_dir_all(app.migrations().join(SECOND)).expect("is removed");
        let (is_built, stderr) =
            build_with(&app.path, &["build", "--offline"], &[("DBKIT_BUILD", valve)]);
        assert!(!is_built && stderr.contains("DBK0204"), "{stderr}");

        fs::remove_dir_all(app.migrations()).expect("is removed");
        let (is_built, stderr) =
            build_with(&app.path, &["build", "--offline"], &[("DBKIT_BUILD", valve)]);
        assert!(!is_built && stderr.contains("DBK0202"), "{stderr}");
    }
    let app = App::new();
    app.edit(&format!("{FIRST}/up.sql"), |text| text.replace("integer", "bigint"));
    let (is_built, stderr) =
        build_with(&app.path, &["build", "--offline"], &[("DBKIT_BUILD", "of")]);
    assert!(!is_built && stderr.contains("DBKIT_BUILD=of means nothing"), "{stderr}");
}

/// In MySQL a backslash takes the meaning from a quote; whether it does here is said by the configuration.
#[test]
fn the_configuration_says_how_a_script_is_split() {
    let app = App::new();
    let up = "INSERT INTO a VALUES ('b\\'; c', 'd\\'; e');\n";
    fs::write(app.migrations().join(FIRST).join("up.sql"), up).expect("is written");
    app.edit("journal.lock", |text| {
        let recorded = Hash::of(b"CREATE TABLE users (id integer);\n").to_string();
        text.replace(&recorded, &Hash::of(up.as_bytes()).to_string())
    });
    let (is_built, stderr) = app.build();
    assert!(!is_built && stderr.contains("DBK0211"), "{stderr}");
    let manifest = app.path.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("is read");
    fs::write(&manifest, format!("{text}\n[package.metadata.dbkit]\ndialect = \"mysql\"\n"))
        .expect("is written");
    app.must_build();
}

/// A folder that takes the place of the registry, with what `cargo package` makes.
struct Registry {
    path: PathBuf,
}

impl Registry {
    /// Adds a `.crate`, unpacked and with its checksums, as `cargo vendor` would.
    fn add(&self, name: &str) {
        let package = target().join("package").join(format!("{name}-0.1.0.crate"));
        let is_unpacked = Command::new("tar")
            .arg("xf")
            .arg(&package)
            .arg("-C")
            .arg(&self.path)
            .status()
            .is_ok_and(|status| status.success());
        assert!(is_unpacked, "tar unpacks `{}`", package.display());
        let folder = self.path.join(format!("{name}-0.1.0"));
        let sum = |file: &Path| Hash::of_canonical(&fs::read(file).expect("is read")).to_string();
        let sums: Vec<String> = files(&folder)
            .iter()
            .map(|file| {
                let relative = file.strip_prefix(&folder).expect("is below");
                format!("\"{}\":\"{}\"", relative.display(), sum(file))
            })
            .collect();
        fs::write(
            folder.join(".cargo-checksum.json"),
            format!("{{\"files\":{{{}}},\"package\":\"{}\"}}", sums.join(","), sum(&package)),
        )
        .expect("is written");
    }
}

/// Makes cargo look into a folder instead of the registry.
fn replace_registry(folder: &Path, by: &Path) {
    fs::create_dir_all(folder.join(".cargo")).expect("is made");
    let config = format!(
        "[source.crates-io]\nreplace-with = \"here\"\n\n[source.here]\ndirectory = \"{}\"\n",
        by.display()
    );
    fs::write(folder.join(".cargo/config.toml"), config).expect("is written");
}

#[test]
fn a_package_holds_what_its_build_needs_also_vendored() {
    let app = App::new();
    // A library, because somebody else has to depend on it.
    fs::remove_file(app.path.join("src/main.rs")).expect("is removed");
    let lib = "pub static BLOB: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/dbkit_migrations.bin\"));\n";
    fs::write(app.path.join("src/lib.rs"), lib).expect("is written");
    let root = test_fixtures::workspace();
    // As if dbkit-build were on the registry.
    let patch =
        format!("patch.crates-io.dbkit-build.path=\"{}\"", root.join("dbkit-build").display());
    let cargo = |folder: &Path, arguments: &[&str]| {
        let (is_done, stderr) = build(folder, &[arguments, &["--offline"]].concat());
        assert!(is_done, "{arguments:?}: {stderr}");
    };
    let name = fs::read_to_string(app.path.join("Cargo.toml"))
        .expect("is read")
        .lines()
        .find_map(|line| line.strip_prefix("name = ").map(|name| name.trim_matches('"').to_owned()))
        .expect("a name");
    let registry = Registry { path: app.path.with_file_name("registry") };
    let shown = registry.path.display().to_string();
    cargo(&app.path, &["vendor", "--config", &patch, &shown]);
    let package = ["package", "--no-verify", "--allow-dirty"];
    cargo(&root, &[&package[..], &["-p", "dbkit-build", "--exclude-lockfile"]].concat());
    registry.add("dbkit-build");
    cargo(&app.path, &[&package[..], &["--config", &patch]].concat());
    registry.add(&name);

    // From the package, without anything that is not in it.
    let unpacked = app.path.with_file_name("unpacked");
    copy(&registry.path.join(format!("{name}-0.1.0")), &unpacked);
    fs::remove_file(unpacked.join("Cargo.lock")).expect("is removed");
    replace_registry(&unpacked, &registry.path);
    cargo(&unpacked, &["build"]);

    let consumer = app.path.with_file_name("consumer");
    fs::create_dir_all(consumer.join("src")).expect("is made");
    // The workspace around `vendor/` speaks for its own packages only.
    fs::write(
        consumer.join("Cargo.toml"),
        format!("[package]\nname = \"consumer-of-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[workspace.metadata.dbkit]\ndialect = \"mysql\"\n\n[dependencies]\n{name} = \"0.1.0\"\n"),
    )
    .expect("is written");
    fs::write(
        consumer.join("src/main.rs"),
        format!("fn main() {{\n    println!(\"{{}}\", {}::BLOB[8]);\n}}\n", name.replace('-', "_")),
    )
    .expect("is written");
    replace_registry(&consumer, &registry.path);
    let vendor = consumer.join("vendor");
    cargo(&consumer, &["vendor", "--respect-source-config", &vendor.display().to_string()]);
    assert!(vendor.join(&name).join("migrations/journal.lock").exists());
    // Nothing but what cargo vendored is left.
    fs::remove_dir_all(&registry.path).expect("is removed");
    replace_registry(&consumer, &vendor);
    cargo(&consumer, &["build", "--locked"]);
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).expect("is below"));
        fs::create_dir_all(target.parent().expect("has a folder")).expect("is made");
        fs::copy(&file, &target).expect("is copied");
    }
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("is read") {
            let path = entry.expect("is read").path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}
