//! What `psql` understands in a script and no server does: rows after `COPY .. FROM stdin`, and lines that begin with a backslash. Dumps have
//! both. A schema needs neither, so they are left out.

use std::borrow::Cow;

use dbkit_build::split::{self, Flavor};

/// The script with blanks in place of what only `psql` understands, so that every place in it stays where it is.
pub(crate) fn without_client_lines(text: &str) -> Cow<'_, str> {
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    let mut known = 0;
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        let line = &text[at..end];
        let gap = if line.starts_with('\\') {
            Some(end)
        } else if starts_copy(line) {
            end_of_rows(text, at)
        } else {
            None
        };
        // In the middle of a string or a body a line is what it is.
        let is_outside = || split::split(&text[known..at], Flavor::Postgres).is_ok();
        match gap {
            Some(end) if is_outside() => {
                gaps.push((at, end));
                (at, known) = (end, end);
            }
            _ => at = end,
        }
    }
    if gaps.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for (start, end) in gaps {
        for byte in &mut bytes[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn starts_copy(line: &str) -> bool {
    line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("copy"))
}

/// Where the rows of a `COPY .. FROM stdin` that begins at a place are over.
fn end_of_rows(text: &str, start: usize) -> Option<usize> {
    let statement = &text[start..start + text[start..].find(';')?];
    let words: Vec<String> = statement.split_whitespace().map(str::to_ascii_lowercase).collect();
    words.windows(2).find(|pair| pair[0] == "from" && pair[1] == "stdin")?;
    let mut at = start + statement.len();
    loop {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        if text[at..end].trim_end() == "\\." || end == text.len() {
            return Some(end);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::without_client_lines;

    #[test]
    fn rows_and_commands_of_psql_are_blank() {
        let script = "\\connect app\nCREATE TABLE a (x text);\nCOPY public.a (x) FROM stdin;\nit's; é\n\\.\nSELECT 1;\n";
        let found = without_client_lines(script);
        assert_eq!(found.len(), script.len());
        let lines: Vec<&str> = found.lines().map(str::trim).collect();
        assert_eq!(lines, ["", "CREATE TABLE a (x text);", "", "", "", "SELECT 1;"]);
    }

    #[test]
    fn what_stands_in_a_string_or_a_body_stays() {
        let script = "SELECT '\n\\. COPY\n';\nCREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\nCOPY a FROM stdin;\nEND $$;\n";
        assert_eq!(without_client_lines(script), script);
        assert_eq!(without_client_lines("COPY a TO stdout;\n"), "COPY a TO stdout;\n");
    }
}
