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
