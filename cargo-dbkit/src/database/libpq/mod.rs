//! What libpq takes from beside the URL: the service file, the `PG..` variables, the password file; in this order, each for what is not said
//! yet. <https://www.postgresql.org/docs/current/libpq-envars.html>

mod passfile;
mod service;

use std::path::{Path, PathBuf};

use dbkit_schema::diagnostic::Diagnostic;

use crate::url::{Server, TlsMode, parameter, set_host};

/// The world around the URL, so that tests can have their own.
pub(crate) trait Surroundings {
    /// A variable of the environment that is not empty.
    fn variable(&self, name: &str) -> Option<String>;

    /// The text of a file; `None`: it is not there, or not for us.
    fn file(&self, path: &Path) -> Option<String>;

    /// Whether others than its owner may read a file.
    fn is_open_to_others(&self, path: &Path) -> bool;
}

/// The environment and the files of this process.
pub(crate) struct Process;

impl Surroundings for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn file(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }

    #[cfg(unix)]
    fn is_open_to_others(&self, path: &Path) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0)
    }

    #[cfg(not(unix))]
    fn is_open_to_others(&self, _: &Path) -> bool {
        false
    }
}

/// A variable, and the parameter that it stands in for.
const VARIABLES: [(&str, &str); 15] = [
    ("PGHOST", "host"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLCRL", "sslcrl"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
];

/// A server with everything that is said of it anywhere.
pub(crate) fn completed(server: &Server, around: &dyn Surroundings) -> Result<Server, Diagnostic> {
    let mut found = server.clone();
    let service = found.service.clone().or_else(|| around.variable("PGSERVICE"));
    if let Some(name) = service {
        for (key, value) in service::read(&name, around)? {
            say(&mut found, &key, value)?;
        }
    }
    for (variable, key) in VARIABLES {
        if let Some(value) = around.variable(variable) {
            say(&mut found, key, value).map_err(|problem| {
                problem.note(format!("the value comes from the variable {variable}"))
            })?;
        }
    }
    if found.user.is_none() {
        let name = around.variable("USER").or_else(|| around.variable("USERNAME"));
        found.user = Some(name.unwrap_or_else(|| "postgres".to_owned()));
    }
    if found.database.is_none() {
        found.database.clone_from(&found.user);
    }
    in_home(&mut found, around);
    if found.password.is_none() {
        found.password = passfile::password(&found, around);
    }
    Ok(found)
}

/// Says what is not said yet.
fn say(server: &mut Server, key: &str, value: String) -> Result<(), Diagnostic> {
    let is_said = match key {
        "host" => server.host.is_some() || server.socket.is_some(),
        "port" => server.port.is_some(),
        "dbname" => server.database.is_some(),
        "user" => server.user.is_some(),
        "password" => server.password.is_some(),
        "passfile" => server.passfile.is_some(),
        "options" => server.options.is_some(),
        "application_name" => server.application_name.is_some(),
        "connect_timeout" => server.connect_timeout.is_some(),
        "sslmode" => server.tls.mode.is_some(),
        "sslrootcert" => server.tls.root.is_some(),
        "sslcert" => server.tls.certificate.is_some(),
        "sslkey" => server.tls.key.is_some(),
        _ => false,
    };
    match key {
        _ if is_said => Ok(()),
        "host" => {
            // libpq takes several; migrations run on one.
            let first = value.split(',').next().unwrap_or_default().to_owned();
            set_host(server, first);
            Ok(())
        }
        _ => parameter(server, key, value),
    }
}

/// Certificates that lie where libpq looks for them.
fn in_home(server: &mut Server, around: &dyn Surroundings) {
    let Some(home) = home(around) else { return };
    let file = |name: &str| {
        let path = home.join(".postgresql").join(name);
        around.file(&path).map(|_| path.display().to_string())
    };
    let tls = &mut server.tls;
    let asks_for_trust = tls.mode.is_some_and(|mode| mode >= TlsMode::Require);
    if tls.root.is_none() && asks_for_trust {
        tls.root = file("root.crt");
    }
    if tls.certificate.is_none() {
        tls.certificate = file("postgresql.crt");
        if tls.certificate.is_some() && tls.key.is_none() {
            tls.key = file("postgresql.key");
        }
    }
}

fn home(around: &dyn Surroundings) -> Option<PathBuf> {
    around.variable("HOME").or_else(|| around.variable("USERPROFILE")).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dbkit_schema::model::DialectName;

    use super::*;
    use crate::url::{self, Address};

    #[derive(Default)]
    struct World {
        variables: BTreeMap<&'static str, &'static str>,
        files: BTreeMap<&'static str, &'static str>,
        open: Vec<&'static str>,
    }

    impl Surroundings for World {
        fn variable(&self, name: &str) -> Option<String> {
            self.variables.get(name).map(|value| (*value).to_owned())
        }

        fn file(&self, path: &Path) -> Option<String> {
            self.files.get(path.to_str()?).map(|text| (*text).to_owned())
        }

        fn is_open_to_others(&self, path: &Path) -> bool {
            self.open.iter().any(|open| Path::new(open) == path)
        }
    }

    fn completed_in(url: &str, world: &World) -> Result<Server, Diagnostic> {
        let Ok(Address::Server(server)) = url::parse(url, DialectName::Postgres) else {
            panic!("{url}")
        };
        completed(&server, world)
    }

    fn shown(url: &str, world: &World) -> String {
        match completed_in(url, world) {
            Ok(server) => {
                format!("{} {}", server.shown(), server.password.as_deref().unwrap_or("-"))
            }
            Err(problem) => format!("{}: {}", problem.code, problem.message),
        }
    }

    fn world<const N: usize>(variables: [(&'static str, &'static str); N]) -> World {
        World { variables: variables.into(), ..World::default() }
    }

    #[test]
    fn what_the_url_says_goes_before_the_variables() {
        let world = world([
            ("PGHOST", "db"),
            ("PGPORT", "6000"),
            ("PGUSER", "me"),
            ("PGDATABASE", "theirs"),
            ("PGPASSWORD", "secret"),
        ]);
        assert_eq!(shown("postgres://", &world), "postgres://me:***@db:6000/theirs secret");
        assert_eq!(
            shown("postgres://you@here:7000/mine", &world),
            "postgres://you:***@here:7000/mine secret"
        );
    }

    #[test]
    fn a_database_is_called_like_its_user() {
        assert_eq!(
            shown("postgres://", &world([("USER", "ann")])),
            "postgres://ann@localhost:5432/ann -"
        );
        assert_eq!(
            shown("postgres:///app", &world([("PGHOST", "/run/pg"), ("PGUSER", "u")])),
            "postgres://u@/app?host=/run/pg -"
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_names_its_variable() {
        let world = world([("PGSSLMODE", "strict")]);
        let problem = completed_in("postgres://h/app", &world).expect_err("refuses");
        assert_eq!(problem.message, "unknown value `strict` of `sslmode`");
        assert_eq!(problem.notes, ["the value comes from the variable PGSSLMODE"]);
    }

    #[test]
    fn a_service_is_a_section_of_a_file() {
        let mut world = world([("HOME", "/home/me"), ("PGUSER", "other")]);
        world.files.insert(
            "/home/me/.pg_service.conf",
            "# ours\n[staging]\nhost=stage.local\nport=6000\n\n[prod]\nhost=prod.local\nuser=app\ndbname=shop\nsslmode=verify-full\n",
        );
        let server = completed_in("postgres://?service=prod", &world).expect("is completed");
        assert_eq!(server.shown(), "postgres://app@prod.local:5432/shop");
        assert_eq!(server.tls.mode, Some(TlsMode::VerifyFull));
        assert_eq!(
            shown("postgres://?service=test", &world),
            "DBK0007: there is no service `test`"
        );
        world.variables.insert("PGSERVICE", "staging");
        assert_eq!(shown("postgres:///app", &world), "postgres://other@stage.local:6000/app -");
        assert_eq!(
            shown("postgres://?service=prod&user=me", &world),
            "postgres://me@prod.local:5432/shop -"
        );
    }

    #[test]
    fn passwords_come_from_the_password_file() {
        let mut world = world([("HOME", "/home/me"), ("PGUSER", "app")]);
        world.files.insert(
            "/home/me/.pgpass",
            "# host:port:database:user:password\nother:*:*:*:no\ndb:5432:shop:app:a\\:b\\\\c\n*:*:*:app:rest\n",
        );
        assert_eq!(shown("postgres://db/shop", &world), "postgres://app:***@db:5432/shop a:b\\c");
        assert_eq!(shown("postgres://db/app", &world), "postgres://app:***@db:5432/app rest");
        assert_eq!(shown("postgres://you@db/app", &world), "postgres://you@db:5432/app -");
        world.open.push("/home/me/.pgpass");
        assert_eq!(shown("postgres://db/shop", &world), "postgres://app@db:5432/shop -");
        world.files.insert("/etc/pass", "localhost:*:*:*:mine");
        world.variables.insert("PGPASSFILE", "/etc/pass");
        assert_eq!(
            shown("postgres:///shop", &world),
            "postgres://app:***@localhost:5432/shop mine"
        );
    }

    #[test]
    fn certificates_are_found_where_libpq_looks() {
        let mut world = world([("HOME", "/home/me"), ("PGSSLMODE", "verify-ca")]);
        for file in ["root.crt", "postgresql.crt", "postgresql.key"] {
            world
                .files
                .insert(Box::leak(format!("/home/me/.postgresql/{file}").into_boxed_str()), "x");
        }
        let tls = completed_in("postgres://db/shop", &world).expect("is completed").tls;
        assert_eq!(tls.root.as_deref(), Some("/home/me/.postgresql/root.crt"));
        assert_eq!(tls.certificate.as_deref(), Some("/home/me/.postgresql/postgresql.crt"));
        assert_eq!(tls.key.as_deref(), Some("/home/me/.postgresql/postgresql.key"));
    }
}
