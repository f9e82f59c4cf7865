//! What the compiler says of a wrong struct, and that the command line says the same.
//!
//! `test-fixtures/ui/NAME.rs` must not compile, with the errors of `NAME.stderr`. `DBKIT_TEST_UPDATE=1` writes them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use dbkit_schema::model::DialectName;
use dbkit_schema::rust::{Options, SourceFile, read};

fn files() -> Vec<PathBuf> {
    let folder = test_fixtures::workspace().join("test-fixtures/ui");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the cases")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    files.sort();
    files
}

/// The errors and where they are, without the source around them.
fn compiled(names: &[String], files: &[PathBuf]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let root = test_fixtures::workspace();
    fs::create_dir_all(folder.path().join("src/bin")).expect("is made");
    let manifest = format!(
        "[package]\nname = \"ui\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\ndbkit = {{ package = \"dbkit-runtime\", path = \"{}\", features = [\"derive\"] }}\n",
        root.join("dbkit-runtime").display()
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("is written");
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("is copied");
    for (name, file) in names.iter().zip(files) {
        fs::copy(file, folder.path().join(format!("src/bin/{name}.rs"))).expect("is copied");
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let check = |name: &String| {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--quiet", "--bin", name])
            .current_dir(folder.path())
            .env("CARGO_TARGET_DIR", target.join("ui"))
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo runs");
        assert!(!output.status.success(), "{name} should not compile");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines = stderr.lines().filter(|line| {
            (line.starts_with("error") && !line.starts_with("error: could not compile"))
                || line.trim_start().starts_with("--> src")
                || line.starts_with("  = help: ")
                || line.trim_start().starts_with("= help:")
        });
        lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n") + "\n"
    };
    names.iter().map(check).collect()
}

#[test]
fn a_wrong_struct_does_not_compile_and_says_why() {
    let files = files();
    let names: Vec<String> = files
        .iter()
        .map(|file| file.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    for (found, file) in compiled(&names, &files).into_iter().zip(&files) {
        let path = file.with_extension("stderr");
        if std::env::var_os("DBKIT_TEST_UPDATE").is_some() {
            fs::write(&path, &found).expect("is written");
        }
        assert_eq!(found, fs::read_to_string(&path).unwrap_or_default(), "{}", path.display());
    }
}

const SEEN: &str = "use dbkit::Table;

#[derive(Table)]
pub struct User {
    #[dbkit(primary_key)]
    pub id: i64,
    #[cfg(feature = \"extra\")]
    pub extra: String,
    #[cfg(not(feature = \"extra\"))]
    pub plain: String,
}

#[cfg(test)]
mod tests {
    #[derive(dbkit::Table)]
    struct OfTests {
        #[dbkit(primary_key)]
        id: i64,
    }
}

dbkit::assert_schema!();
";

const UNSEEN: &str = "
macro_rules! table {
    ($name:ident) => {
        #[derive(Table)]
        pub struct $name {
            #[dbkit(primary_key)]
            pub id: i64,
        }
    };
}

table!(Post);

#[derive(Table)]
pub struct Changed {
    #[dbkit(primary_key)]
    pub id: i64,
    #[cfg_attr(all(), dbkit(varchar(3)))]
    pub name: String,
}

#[derive(Table)]
#[cfg(feature = \"extra\")]
pub struct OfFeature {
    #[dbkit(primary_key)]
    pub id: i64,
}
";

#[test]
fn a_unit_test_finds_the_tables_that_the_reader_does_not_see() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = test_fixtures::workspace();
    fs::create_dir_all(folder.path().join("src")).expect("is made");
    let manifest = format!(
        "[package]\nname = \"unseen\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[features]\nextra = []\n\n[dependencies]\ndbkit = {{ package = \"dbkit-runtime\", path = \"{}\", features = [\"derive\"] }}\n",
        root.join("dbkit-runtime").display()
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("is written");
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("is copied");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let test = |lib: &str, schema: &str| {
        fs::write(folder.path().join("src/lib.rs"), lib).expect("is written");
        fs::write(folder.path().join("src/schema.rs"), schema).expect("is written");
        let output = Command::new(env!("CARGO"))
            .args(["test", "--offline", "--quiet", "--lib", "--features", "extra"])
            .current_dir(folder.path())
            .env("CARGO_TARGET_DIR", target.join("ui"))
            .env("CARGO_TERM_COLOR", "never")
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = text.lines().filter(|line| line.starts_with("src/")).map(str::to_owned);
        (output.status.success(), lines.collect::<Vec<_>>(), text)
    };
    let told = SEEN.replace("assert_schema!()", "assert_schema!(features(\"extra\"))");
    let (is_well, _, text) = test("pub mod schema;\n", &told);
    assert!(is_well, "{text}");

    let lib = "pub mod schema;

mod other {
    #[derive(dbkit::Table)]
    pub struct Forgotten {
        #[dbkit(primary_key)]
        pub id: i64,
    }
}
";
    let (is_well, lines, text) = test(lib, &format!("{SEEN}{UNSEEN}"));
    assert!(!is_well);
    let told = "which is told of no such feature; name it in `features` of `[package.metadata.dbkit]` and in `assert_schema!(.., features(..))`";
    let expected = [
        format!("src/schema.rs:8: field `User::extra` is left out by `cargo dbkit`, {told}"),
        "src/schema.rs:24: a table is inside a macro, which `cargo dbkit` does not expand; write the struct out".to_owned(),
        "src/schema.rs:37: table `Changed` is another one to the compiler; a macro or `cfg_attr` on it changes it, or it is not reached by this path".to_owned(),
        format!("src/schema.rs:46: table `OfFeature` is left out by `cargo dbkit`, {told}"),
        "src/lib.rs:5: table `Forgotten` is in a file that `cargo dbkit` does not read; add it to `schema` in `[package.metadata.dbkit]` and to `assert_schema!`".to_owned(),
    ];
    assert_eq!(lines, expected, "{text}");
}

/// Of a field of another struct, only the compiler's own words can be had; the place is the same.
#[test]
fn the_command_line_says_what_the_compiler_says() {
    for file in files() {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // A name that stands for another type than usual is what the compiler is asked to find, because nobody else can.
        if name == "wrong_guess" {
            continue;
        }
        let text = fs::read_to_string(&file).expect("is read");
        let reading = read(
            &[SourceFile { path: "src/schema.rs".to_owned(), text: text.clone() }],
            &Options::new(DialectName::Sqlite),
        );
        let compiler = fs::read_to_string(file.with_extension("stderr")).expect("is read");
        assert!(!reading.diagnostics.is_empty(), "{name}");
        for found in &reading.diagnostics {
            let code = format!("dbkit[{}]: ", found.code);
            let message = format!("{code}{}", found.message);
            let is_said = match found.code {
                "DBK0104" | "DBK0105" => !compiler.contains("dbkit["),
                "DBK0106" => compiler.contains(&code),
                _ => compiler.contains(&message),
            };
            assert!(is_said, "{name}: {message}\n{compiler}");
            let at = found.labels[0].span.range.start;
            let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let place = format!(
                "{name}.rs:{}:{}",
                text[..at].matches('\n').count() + 1,
                text[line_start..at].chars().count() + 1
            );
            assert!(compiler.contains(&place), "{name}: {place}\n{compiler}");
        }
        let errors = compiler.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, reading.diagnostics.len(), "{name}");
    }
}
