//! Reading the folders of other tools.

use std::fs;
use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;
use sha2::{Digest as _, Sha256, Sha384};

use crate::failure::{file_problem, io_words};

/// The names in a folder, sorted; what is a folder has a `/` at its end.
pub(super) fn names(folder: &Path, shown: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
    let entries = fs::read_dir(folder).map_err(|error| {
        vec![Diagnostic::error(
            "DBK0009",
            format!("cannot read the folder `{shown}`: {}", io_words(&error)),
        )]
    })?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(if entry.path().is_dir() { format!("{name}/") } else { name })
        })
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    Ok(names)
}

/// The bytes of a file as text.
pub(super) fn read(path: &Path, shown: &str) -> Result<String, Diagnostic> {
    let bytes = fs::read(path).map_err(|error| file_problem("read", shown, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Diagnostic::error("DBK0210", format!("`{shown}` is not UTF-8 (byte {at})"))
            .in_file(shown)
            .help("save the file as UTF-8")
    })
}

/// `20260102030405` of `2026-01-02-030405` and the like; `None` if it is no time.
pub(super) fn time(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_time =
        digits.len() == 14 && text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '_');
    (is_time && crate::clock::seconds(&digits).is_some()).then_some(digits)
}

pub(super) fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

pub(super) fn sha384(text: &str) -> String {
    hexadecimal(&Sha384::digest(text.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
