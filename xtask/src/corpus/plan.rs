//! One case of the corpus: its renames become flags, and `cargo dbkit diff` prints the SQL.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::Failure;

/// Arguments: the binary, the dialect, the URL of the database, a file with the SQL to get to, a file with the renames.
pub(crate) fn plan(arguments: &[String]) -> Result<(), Failure> {
    let [dbkit, dialect, url, to, renames] = arguments else {
        return Err("corpus-plan takes: BINARY DIALECT URL FILE RENAMES".into());
    };
    let mut command = Command::new(dbkit);
    command.args(["dbkit", "diff", url, to, "--format", "sql", "--dialect", dialect]);
    // In the runner's `real` and `chain` sets the place of the renames stays as it is.
    if let Ok(text) = fs::read_to_string(renames) {
        let renames: Vec<Value> = serde_json::from_str(&text)?;
        for rename in &renames {
            command.arg(format!("--rename={}", flag(rename)?));
        }
    }
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1));
}

/// A hint of the corpus as dbkit takes it: `users=people`, `users.name=full_name`.
fn flag(rename: &Value) -> Result<String, Failure> {
    let field = |name: &str| rename.get(name).and_then(Value::as_str);
    let need = |name: &str| field(name).ok_or_else(|| format!("a rename without `{name}`"));
    let (from, to) = (need("from")?, need("to")?);
    let kind = need("kind")?;
    let schema = field("schema").filter(|schema| *schema != "public");
    let from_schema = match field("from_schema") {
        Some(named) => Some(named).filter(|schema| *schema != "public"),
        None => schema,
    };
    let owner = match kind {
        "enum_value" => Some(need("type")?),
        // A whole name that moves from one namespace to the other, or stays in its own.
        _ => field("table"),
    };
    Ok(match owner {
        Some(owner) => format!("{}={}", dotted(&[schema, Some(owner), Some(from)]), word(to)),
        None => format!("{}={}", dotted(&[from_schema, Some(from)]), dotted(&[schema, Some(to)])),
    })
}

fn dotted(parts: &[Option<&str>]) -> String {
    parts.iter().flatten().map(|part| word(part)).collect::<Vec<_>>().join(".")
}

/// A name as one part of a dotted one.
fn word(name: &str) -> String {
    if name.contains(['.', '"', '=']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> String {
        flag(&serde_json::from_str(json).expect("json")).unwrap_or_else(|failure| failure.0)
    }

    #[test]
    fn a_hint_becomes_a_flag() {
        assert_eq!(of(r#"{"kind":"table","from":"users","to":"people"}"#), "users=people");
        assert_eq!(
            of(
                r#"{"kind":"column","schema":"public","old_table":"users","table":"users","from":"email","to":"mail"}"#
            ),
            "users.email=mail"
        );
        assert_eq!(
            of(r#"{"kind":"type","from_schema":"one","schema":"two","from":"mood","to":"mood"}"#),
            "one.mood=two.mood"
        );
        assert_eq!(
            of(r#"{"kind":"sequence","from_schema":"public","schema":"two","from":"n","to":"n"}"#),
            "n=two.n"
        );
        assert_eq!(
            of(r#"{"kind":"enum_value","type":"status","from":"pending","to":"waiting"}"#),
            "status.pending=waiting"
        );
    }

    #[test]
    fn a_hint_that_lacks_a_name_is_said() {
        assert_eq!(of(r#"{"kind":"table","from":"users"}"#), "a rename without `to`");
    }
}
