//! What is said of a backup: a JSON file beside it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::failure::file_problem;
use crate::url::Address;

/// The version of the file.
const FORMAT: u32 = 1;

/// What is said of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    pub(crate) dialect: String,
    /// Where it was taken, without the password.
    pub(crate) database: String,
    /// Name of the copy.
    pub(crate) file: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// `20261122093000`, UTC.
    pub(crate) made_at: String,
    /// What made it.
    pub(crate) tool: String,
    /// The last migration that the database had.
    pub(crate) migration: Option<String>,
    /// When it was restored into a scratch database, if it was.
    pub(crate) verified_at: Option<String>,
}

impl Manifest {
    pub(super) fn new(
        address: &Address,
        path: &Path,
        moment: &str,
        at: Option<&str>,
        tool: &str,
    ) -> Result<Self, Diagnostic> {
        let bytes = path.metadata().map_err(|error| file_problem("read", path, &error))?.len();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self {
            format: FORMAT,
            dialect: address.dialect().to_string(),
            database: address.shown(),
            file: name.unwrap_or_default(),
            bytes,
            sha256: sha256(path)?,
            made_at: moment.to_owned(),
            tool: tool.to_owned(),
            migration: at.map(str::to_owned),
            verified_at: None,
        })
    }

    pub(super) fn to_json(&self) -> String {
        // A struct of texts and numbers always has a JSON.
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    pub(super) fn read(text: &str, path: &Path) -> Result<Self, Diagnostic> {
        let problem = |why: String| {
            Diagnostic::error("DBK0031", format!("cannot understand `{}`: {why}", path.display()))
        };
        let found: Self = serde_json::from_str(text).map_err(|error| problem(error.to_string()))?;
        if found.format > FORMAT {
            return Err(problem(format!(
                "its format is {}, which a newer dbkit writes",
                found.format
            ))
            .help("use the version that wrote it, or a later one: `cargo install cargo-dbkit`"));
        }
        Ok(found)
    }
}

/// The sha256 of a file, in hexadecimal digits.
pub(crate) fn sha256(path: &Path) -> Result<String, Diagnostic> {
    let failed = |error| file_problem("read", path, &error);
    let mut file = File::open(path).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut part = vec![0; 1 << 16];
    loop {
        let length = file.read(&mut part).map_err(failed)?;
        if length == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&part[..length]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_a_later_version_is_not_guessed() {
        let text = r#"{"format":2,"dialect":"sqlite","database":"","file":"","bytes":0,"sha256":"","made_at":"","tool":"","migration":null,"verified_at":null}"#;
        let path = Path::new("x.json");
        assert!(
            Manifest::read(text, path)
                .is_err_and(|problem| problem.message.contains("newer dbkit"))
        );
        let text = text.replace("\"format\":2", "\"format\":1");
        let read = Manifest::read(&text, path).expect("is read");
        assert_eq!(Manifest::read(&read.to_json(), path), Ok(read));
        assert!(Manifest::read("{", path).is_err());
    }
}
