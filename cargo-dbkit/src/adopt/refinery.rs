//! refinery: `V<version>__<name>.sql`, or `U<version>__..`, in any folder below; a SipHash of name, version and script.

use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use super::{Foreign, Run, Tool, cells, files, siphash};

/// refinery.
pub(super) struct Refinery;

impl Tool for Refinery {
    fn title(&self) -> &'static str {
        "refinery"
    }

    fn table(&self) -> &'static str {
        "refinery_schema_history"
    }

    fn folders(&self) -> &'static [&'static str] {
        &["migrations", "src/migrations"]
    }

    fn read(&self, folder: &Path, shown: &str) -> Result<Vec<Foreign>, Vec<Diagnostic>> {
        let mut found = Vec::new();
        let mut problems = Vec::new();
        collect(folder, shown, &mut found, &mut problems)?;
        found.sort_by_key(|(version, _)| *version);
        if problems.is_empty() {
            Ok(found.into_iter().map(|(_, one)| one).collect())
        } else {
            Err(problems)
        }
    }

    fn history(&self, _: DialectName) -> String {
        "SELECT version, checksum FROM refinery_schema_history ORDER BY version".to_owned()
    }

    fn run(&self, row: Vec<Option<String>>) -> Run {
        let [key, checksum] = cells(row);
        Run { key, checksum: Some(checksum), is_whole: true }
    }
}

fn collect(
    folder: &Path,
    shown: &str,
    found: &mut Vec<(i64, Foreign)>,
    problems: &mut Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    for name in files::names(folder, shown)? {
        if let Some(below) = name.strip_suffix('/') {
            collect(&folder.join(below), &format!("{shown}/{below}"), found, problems)?;
            continue;
        }
        let Some((stem, ending)) = name.rsplit_once('.') else { continue };
        let Some((version, slug)) = parse(stem) else { continue };
        let file = format!("{shown}/{name}");
        match ending {
            "sql" => match files::read(&folder.join(&name), &file) {
                Ok(up) => found.push((
                    version,
                    Foreign {
                        key: version.to_string(),
                        time: files::time(&version.to_string()),
                        name: slug.to_owned(),
                        file,
                        checksums: checksums(slug, version, &up),
                        up,
                        down: None,
                    },
                )),
                Err(problem) => problems.push(problem),
            },
            "rs" => problems.push(
                Diagnostic::error("DBK0701", format!("`{file}` is a program, not SQL"))
                    .in_file(&file)
                    .note("what it executes is not known before it runs")
                    .help("write its SQL into a file of the same version and name that ends in `.sql`, and take it over with `--allow edited`"),
            ),
            _ => {}
        }
    }
    Ok(())
}

/// `V1__initial`.
fn parse(stem: &str) -> Option<(i64, &str)> {
    let rest = stem.strip_prefix(['V', 'U'])?;
    let (version, name) = rest.split_once("__")?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(())?;
    Some((version.parse().ok()?, name))
}

/// As the history may have it: versions were of 32 bits, and are of 64 by a feature.
fn checksums(name: &str, version: i64, sql: &str) -> Vec<String> {
    let of = |version: &[u8]| {
        let mut bytes = name.as_bytes().to_vec();
        // A text is hashed with a byte behind it that no text has.
        bytes.push(0xff);
        bytes.extend(version);
        bytes.extend(sql.as_bytes());
        bytes.push(0xff);
        siphash::siphash13(&bytes).to_string()
    };
    let short = i32::try_from(version).ok().map(|version| of(&version.to_le_bytes()));
    short.into_iter().chain([of(&version.to_le_bytes())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_checksums_are_those_of_refinery() {
        assert_eq!(parse("V12__add_users"), Some((12, "add_users")));
        assert_eq!(parse("U20260101000000__x"), Some((20_260_101_000_000, "x")));
        assert_eq!(parse("R1__x"), None);
        assert_eq!(parse("V1_x"), None);
        let sql = "CREATE TABLE persons (\n    id int,\n    name varchar(255),\n    city varchar(255)\n);\n";
        assert_eq!(checksums("initial", 1, sql)[0], "2959965718684201605");
    }
}
