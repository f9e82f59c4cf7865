//! The password file: `host:port:database:user:password`. <https://www.postgresql.org/docs/current/libpq-pgpass.html>

use std::path::PathBuf;

use super::{Surroundings, home};
use crate::url::Server;

/// The password of the first line that fits. A file that others may read is none, as libpq has it.
pub(super) fn password(server: &Server, around: &dyn Surroundings) -> Option<String> {
    let path = match &server.passfile {
        Some(path) => PathBuf::from(path),
        None => match around.variable("APPDATA") {
            Some(folder) if cfg!(windows) => PathBuf::from(folder).join("postgresql/pgpass.conf"),
            _ => home(around)?.join(".pgpass"),
        },
    };
    let text = around.file(&path)?;
    if around.is_open_to_others(&path) {
        return None;
    }
    let port = server.port().to_string();
    // A socket in the usual place is called localhost.
    let host = match server.socket.as_deref() {
        Some("/tmp" | "/run/postgresql" | "/var/run/postgresql") => "localhost",
        Some(folder) => folder,
        None => server.host(),
    };
    let database = server.database.as_deref().unwrap_or_default();
    let user = server.user.as_deref().unwrap_or_default();
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut fields = fields(line).into_iter();
        let fits = [host, &port, database, user].iter().all(|wanted| {
            fields
                .next()
                .is_some_and(|(field, is_plain)| (is_plain && field == "*") || field == **wanted)
        });
        fields.next().filter(|_| fits).map(|(password, _)| password)
    })
}

/// The fields of a line, and whether each stands there without a backslash: an escaped `*` is a name.
fn fields(line: &str) -> Vec<(String, bool)> {
    let mut fields = vec![(String::new(), true)];
    let mut letters = line.trim_end_matches('\r').chars();
    while let Some(letter) = letters.next() {
        // The last field is the password: its colons are its own.
        if letter == ':' && fields.len() < 5 {
            fields.push((String::new(), true));
            continue;
        }
        let Some((field, is_plain)) = fields.last_mut() else { break };
        if letter == '\\' {
            *is_plain = false;
            field.extend(letters.next());
        } else {
            field.push(letter);
        }
    }
    fields
}
