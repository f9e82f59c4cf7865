//! Which files hold the schema: patterns, and a walk that is told what is in a folder.

/// What is read when the configuration says nothing.
pub const DEFAULT: [&str; 2] = ["src/schema.rs", "src/schema/**/*.rs"];

/// What is in a folder: names, and whether each is a folder itself. The folder is given by its path, with `/`; the root is empty.
pub type List<'a> = &'a mut dyn FnMut(&str) -> Vec<(String, bool)>;

/// The files that match a pattern, sorted; paths relative to the root, with `/`.
pub fn find(pattern: &str, list: List<'_>) -> Vec<String> {
    let pattern = pattern.trim_start_matches("./");
    let is_plain = |part: &&str| !part.contains(['*', '?', '[']);
    // Only the part of the tree below the last plain folder can match.
    let parts: Vec<&str> = pattern.split('/').collect();
    let (_, folders) = parts.split_last().unwrap_or((&"", &[]));
    let plain: Vec<&str> = folders.iter().copied().take_while(is_plain).collect();
    let mut found = Vec::new();
    walk(&plain.join("/"), pattern, list, &mut found);
    found.sort();
    found
}

fn walk(below: &str, pattern: &str, list: List<'_>, found: &mut Vec<String>) {
    for (name, is_folder) in list(below) {
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if name.starts_with('.') || path == "target" {
            continue;
        }
        if !is_folder {
            found.extend(matches(pattern, &path).then_some(path));
        } else if pattern.contains(['*', '?', '[']) {
            walk(&path, pattern, list, found);
        }
    }
}

/// Whether a path fits a pattern: `?` is one character and `*` any number inside a folder, `**` any folders.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    parts_match(&pattern, &path)
}

fn parts_match(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=path.len()).any(|skip| parts_match(rest, &path[skip..])),
        ([first, rest @ ..], [name, below @ ..]) => {
            let first: Vec<char> = first.chars().collect();
            let name: Vec<char> = name.chars().collect();
            name_matches(&first, &name) && parts_match(rest, below)
        }
        _ => false,
    }
}

fn name_matches(pattern: &[char], name: &[char]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=name.len()).any(|skip| name_matches(rest, &name[skip..])),
        (['?', rest @ ..], [_, after @ ..]) => name_matches(rest, after),
        ([wanted, rest @ ..], [found, after @ ..]) if wanted == found => name_matches(rest, after),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_know_files_and_folders() {
        assert!(matches("src/schema.rs", "src/schema.rs"));
        assert!(matches("src/**/*.rs", "src/a.rs"));
        assert!(matches("src/**/*.rs", "src/a/b/c.rs"));
        assert!(!matches("src/*.rs", "src/a/b.rs"));
        assert!(matches("src/t?bles_*.rs", "src/tables_shop.rs"));
        assert!(!matches("src/**/*.rs", "tests/a.rs"));
    }

    #[test]
    fn only_what_can_match_is_looked_into() {
        let mut looked = Vec::new();
        let mut list = |below: &str| {
            looked.push(below.to_owned());
            let entries: &[(&str, bool)] = match below {
                "src" => &[("db", true), ("main.rs", false), (".git", true)],
                "src/db" => &[("b.rs", false), ("a.rs", false), ("a.sql", false)],
                _ => &[("src", true), ("target", true)],
            };
            entries.iter().map(|(name, is_folder)| ((*name).to_owned(), *is_folder)).collect()
        };
        assert_eq!(find("./src/db/*.rs", &mut list), ["src/db/a.rs", "src/db/b.rs"]);
        assert_eq!(find("src/main.rs", &mut list), ["src/main.rs"]);
        assert_eq!(find("src/none.rs", &mut list), [""; 0]);
        assert_eq!(looked, ["src/db", "src", "src"]);
    }
}
