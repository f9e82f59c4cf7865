//! The floors and arrows of ARCHITECTURE.md, checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn schema_sources() -> PathBuf {
    test_fixtures::workspace().join("cargo-dbkit/schema/src")
}

fn floor(module: &str) -> Option<u8> {
    Some(match module {
        "model" | "diagnostic" => 0,
        "rust" | "delta" => 1,
        "diff" => 2,
        "plan" => 3,
        "dialect" => 4,
        _ => return None,
    })
}

#[test]
fn a_module_of_the_schema_uses_only_lower_floors() {
    let root = schema_sources();
    let mut wrong = Vec::new();
    for path in sources(&root) {
        let inside = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
        let module = inside.split(['/', '.']).next().unwrap_or_default().to_owned();
        // A test may look at a floor through its neighbour.
        let is_test =
            path.file_name().is_some_and(|name| name == "tests.rs" || name == "testing.rs");
        let Some(own) = floor(&module).filter(|_| !is_test) else { continue };
        let text = fs::read_to_string(&path).expect("is read");
        for (number, line) in text.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used = used
                    .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    .next()
                    .unwrap_or_default();
                let goes_up = floor(used).is_some_and(|other| {
                    other > own || (other == own && used != module && own > 0)
                });
                if goes_up && !line.trim_start().starts_with("//") {
                    wrong.push(format!("{inside}:{}: {module} uses {used}", number + 1));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_dialect_is_matched_by_name_below_its_folder() {
    let root = schema_sources();
    let mut wrong = Vec::new();
    for path in sources(&root.join("diff")).into_iter().chain(sources(&root.join("plan"))) {
        let text = fs::read_to_string(&path).expect("is read");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if ["DialectName::", "\"postgres\"", "\"sqlite\"", "\"mysql\""]
                .iter()
                .any(|name| code.contains(name))
            {
                wrong.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_identifier_is_quoted_by_hand_when_sql_is_rendered() {
    let mut wrong = Vec::new();
    for path in sources(&schema_sources().join("dialect")) {
        if !path
            .file_name()
            .is_some_and(|name| name == "render.rs" || name == "sql.rs" || name == "types.rs")
        {
            continue;
        }
        let text = fs::read_to_string(&path).expect("is read");
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains("format!(\"\\\"{") || line.contains("format!(\"`{"));
        wrong.extend(lines.map(|(number, _)| format!("{}:{}", path.display(), number + 1)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn tree(arguments: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-e", "normal", "--prefix", "none"])
        .args(arguments)
        .current_dir(test_fixtures::workspace())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut names: Vec<String> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn an_app_links_no_parser_and_no_renderer() {
    let linked = tree(&["-p", "dbkit-runtime", "--no-default-features", "--features", "sqlite"]);
    for forbidden in ["syn", "serde", "sea-query", "dbkit-schema", "sha2"] {
        assert!(!linked.iter().any(|name| name == forbidden), "{forbidden} is linked: {linked:?}");
    }
    let rusqlite = tree(&["-p", "rusqlite"]);
    let build = tree(&["-p", "dbkit-build"]);
    assert_eq!(build, ["dbkit-build", "lz4_flex"]);
    let mut beside: Vec<&String> =
        linked.iter().chain(&build).filter(|name| !rusqlite.contains(name)).collect();
    beside.sort();
    beside.dedup();
    assert!(beside.len() <= 12, "{} crates beside rusqlite's own: {beside:?}", beside.len());
}

/// Neither of the two crates may depend on the other, nor on a crate for it.
#[test]
fn both_copies_of_sha256_are_the_same() {
    let read = |package: &str| {
        let path = test_fixtures::workspace().join(package).join("src/sha256.rs");
        fs::read_to_string(path).expect("is read")
    };
    assert_eq!(read("dbkit-build"), read("dbkit-runtime"));
}

#[test]
fn the_model_uses_only_the_standard_library() {
    for path in sources(&schema_sources().join("model")) {
        let text = fs::read_to_string(&path).expect("is read");
        let foreign = text.lines().find(|line| {
            line.starts_with("use ")
                && !["use std::", "use super::", "use self::", "use crate::model"]
                    .iter()
                    .any(|start| line.starts_with(start))
        });
        assert_eq!(foreign, None, "{}", path.display());
    }
}
