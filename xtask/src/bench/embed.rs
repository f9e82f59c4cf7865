//! What embedding 5,000 migrations costs a build: the script, the rebuild of the crate, the no-change build, the binary.

use std::fs;
use std::path::{Path, PathBuf};

use super::Bench;
use super::apply::Text;
use super::generate::tree_size;
use super::measure::{Usage, median, once};
use crate::Failure;

const COUNT: usize = 5_000;

pub(super) fn run(bench: &Bench) -> Result<(), Failure> {
    for (text, size) in [(Text::Small, "70 bytes"), (Text::OneKilobyte, "1 KB")] {
        println!(
            "\nembed, migrations of {size}: CPU seconds of `cargo build --release`, median of {} runs\n",
            bench.options.runs
        );
        with(bench, text)?;
    }
    Ok(())
}

fn with(bench: &Bench, text: Text) -> Result<(), Failure> {
    let empty = app(bench, "embed/none", 0, text)?;
    let full = app(bench, "embed/full", COUNT, text)?;
    let (mut rebuild_empty, mut rebuild_full) = (Vec::new(), Vec::new());
    let (mut same_empty, mut same_full) = (Vec::new(), Vec::new());
    let mut script = Vec::new();
    build(&empty)?;
    build(&full)?;
    for round in 0..=bench.options.runs {
        let (a, b) = (rebuild(&empty)?, rebuild(&full)?);
        let (c, d) = (build(&empty)?, build(&full)?);
        let e = build_script(&full)?;
        if round > 0 {
            rebuild_empty.push(a);
            rebuild_full.push(b);
            same_empty.push(c);
            same_full.push(d);
            script.push(e);
        }
    }
    let text = tree_size(&full.join("migrations"))?;
    let sql = sql_size(&full.join("migrations"))?;
    let grown = size_of_binary(&full)?.saturating_sub(size_of_binary(&empty)?);
    println!("| | none | {COUNT} | more |\n|---|---|---|---|");
    row("rebuild of the crate", median(&rebuild_empty), median(&rebuild_full));
    row("no-change build", median(&same_empty), median(&same_full));
    println!("| build script alone | | {:.4} | |", median(&script).cpu);
    println!(
        "\nfolder {text} bytes, of which SQL {sql}; the binary grows by {grown} bytes, {:.2} times the SQL text",
        grown as f64 / sql as f64
    );
    Ok(())
}

fn row(what: &str, none: Usage, full: Usage) {
    println!("| {what} | {:.4} | {:.4} | {:.4} |", none.cpu, full.cpu, full.cpu - none.cpu);
}

fn app(bench: &Bench, name: &str, count: usize, text: Text) -> Result<PathBuf, Failure> {
    let folder = bench.folder.join(name);
    // What is built stays, but for the package itself.
    for part in ["migrations", "src"] {
        if folder.join(part).exists() {
            fs::remove_dir_all(folder.join(part))?;
        }
    }
    let root = bench.root.display();
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"bench-embed\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\ndbkit = {{ package = \"dbkit-runtime\", path = \"{root}/dbkit-runtime\" }}\n\n[build-dependencies]\ndbkit-build = {{ path = \"{root}/dbkit-build\" }}\n"
        ),
    )?;
    fs::copy(bench.root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::write(
        folder.join("build.rs"),
        "fn main() {\n    dbkit_build::embed(\"migrations\");\n}\n",
    )?;
    fs::write(
        folder.join("src/main.rs"),
        "dbkit::include_migrations!(pub MIGRATIONS);\n\nfn main() {\n    println!(\"{}\", MIGRATIONS.len());\n}\n",
    )?;
    super::apply::migrations(&folder.join("migrations"), count, text)?;
    Ok(folder)
}

fn build(folder: &Path) -> Result<Usage, Failure> {
    once(folder, &["cargo", "build", "--release", "--offline", "-q"])
}

fn rebuild(folder: &Path) -> Result<Usage, Failure> {
    let main = folder.join("src/main.rs");
    let text = fs::read_to_string(&main)?;
    fs::write(&main, text)?;
    build(folder)
}

/// Runs the compiled build script itself, as cargo does.
fn build_script(folder: &Path) -> Result<Usage, Failure> {
    let script = newest(&folder.join("target/release/build"), "build-script-build")?;
    let out = folder.join("target/out");
    fs::create_dir_all(&out)?;
    let (out, script) = (format!("OUT_DIR={}", out.display()), script.display().to_string());
    let manifest = format!("CARGO_MANIFEST_DIR={}", folder.display());
    once(folder, &["env", &out, &manifest, &script])
}

fn newest(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("bench-embed-")) {
            let script = path.join(name);
            if script.exists() {
                return Ok(script);
            }
        }
    }
    Err(Failure::from(format!("no {name} below {}", folder.display())))
}

fn size_of_binary(folder: &Path) -> Result<u64, Failure> {
    Ok(fs::metadata(folder.join("target/release/bench-embed"))?.len())
}

fn sql_size(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        for file in ["up.sql", "down.sql"] {
            bytes += fs::metadata(path.join(file)).map(|data| data.len()).unwrap_or_default();
        }
    }
    Ok(bytes)
}
