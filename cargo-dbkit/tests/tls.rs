//! Encrypted connections to servers that are started with certificates made here.

mod support;

use std::path::PathBuf;

use support::Package;
use test_fixtures::server::{self, Network, Options, Server};
use test_fixtures::tls::Authority;

/// What one URL comes to: the exit code, and what is said where it failed.
struct Place {
    package: Package,
    scheme: &'static str,
    port: u16,
    folder: tempfile::TempDir,
    /// Its files are there as long as it is.
    _server: Server,
}

impl Place {
    fn new(scheme: &'static str, network: Network, server: Server) -> Self {
        let dialect = if scheme == "mysql" { "mysql" } else { "postgres" };
        let schema = "#[derive(dbkit::Table)]\npub struct User {\n    #[dbkit(primary_key)]\n    pub id: i64,\n}\n";
        let package = Package::new(dialect, schema);
        let folder = tempfile::tempdir().expect("a folder");
        Self { package, scheme, port: network.port, folder, _server: server }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, text).expect("is written");
        path.display().to_string()
    }

    fn at(&self, place: &str, parameters: &str) -> (i32, String) {
        self.with(place, parameters, &[])
    }

    fn with(&self, place: &str, parameters: &str, variables: &[(&str, &str)]) -> (i32, String) {
        let name = if self.scheme == "mysql" { "mysql" } else { "postgres" };
        let url = format!("{}://{place}:{}/{name}?{parameters}", self.scheme, self.port);
        let mut command = self.package.command_in(".", &format!("status --url {url}"));
        for name in
            ["PGSSLMODE", "PGSSLROOTCERT", "PGSERVICE", "PGPASSWORD", "PGUSER", "PGPASSFILE"]
        {
            command.env_remove(name);
        }
        command.env("HOME", self.folder.path()).envs(variables.iter().copied());
        let output = command.output().expect("starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap_or(-1), said)
    }
}

fn is_fine(outcome: &(i32, String)) -> bool {
    // Nothing is pending in an empty folder.
    outcome.0 == 0
}

fn postgres(network: Network, access: &str) -> Option<Place> {
    // Whether a server can be had at all is said once, in the usual words.
    server::postgres()?;
    let options = Options { network: Some((&network, access)), ..Options::default() };
    let server = server::start_newest_postgres(&options).expect("starts");
    Some(Place::new("postgres", network, server))
}

fn mariadb(network: Network, more: &str) -> Option<Place> {
    server::mariadb()?;
    let options = Options { network: Some((&network, more)), ..Options::default() };
    let server = server::start_mariadb(&options).expect("starts");
    Some(Place::new("mysql", network, server))
}

const ENCRYPTED_ONLY: &str = "hostssl all all 127.0.0.1/32 trust\n";

#[test]
fn postgres_is_trusted_as_sslmode_says() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let network = Network::new(Some(authority.sign("localhost"))).expect("a port");
    let Some(place) = postgres(network, ENCRYPTED_ONLY) else { return };
    let ours = place.file("ours.crt", authority.certificate());
    let theirs = place.file("theirs.crt", stranger.certificate());
    let (local, number) = ("postgres@localhost", "postgres@127.0.0.1");
    for (host, parameters) in [
        (local, "".to_owned()),
        (local, "sslmode=allow".to_owned()),
        (local, "sslmode=prefer".to_owned()),
        (local, "sslmode=require".to_owned()),
        (local, format!("sslmode=require&sslrootcert={ours}")),
        (local, format!("sslmode=verify-ca&sslrootcert={ours}")),
        (number, format!("sslmode=verify-ca&sslrootcert={ours}")),
        (local, format!("sslmode=verify-full&sslrootcert={ours}")),
    ] {
        let outcome = place.at(host, &parameters);
        assert!(is_fine(&outcome), "{host} {parameters}: {outcome:?}");
    }
    let refused = |host: &str, parameters: &str| {
        let (code, said) = place.at(host, parameters);
        assert_eq!(code, 1, "{parameters}: {said}");
        said
    };
    let said = refused(local, "sslmode=disable");
    assert!(said.contains("error[DBK0008]") && said.contains("no pg_hba.conf entry"), "{said}");
    let said = refused(local, &format!("sslmode=verify-full&sslrootcert={theirs}"));
    assert!(said.contains("error[DBK0030]") && said.contains("not trusted"), "{said}");
    let said = refused(local, &format!("sslmode=verify-ca&sslrootcert={theirs}"));
    assert!(said.contains("error[DBK0030]"), "{said}");
    let said = refused(local, &format!("sslmode=require&sslrootcert={theirs}"));
    assert!(said.contains("error[DBK0030]"), "{said}");
    let said = refused(number, &format!("sslmode=verify-full&sslrootcert={ours}"));
    assert!(said.contains("is not for `127.0.0.1`"), "{said}");
    let said = refused(local, "sslmode=verify-ca");
    assert!(said.contains("needs the certificate of an authority"), "{said}");
    let said = refused(local, "sslmode=verify-ca&sslrootcert=nowhere.crt");
    assert!(said.contains("cannot read the certificate `nowhere.crt`"), "{said}");
    // Those of this computer did not sign it.
    let said = refused(local, "sslmode=verify-full&sslrootcert=system");
    assert!(said.contains("error[DBK0030]"), "{said}");

    let variables = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", ours.as_str())];
    assert!(is_fine(&place.with(local, "", &variables)));
    let variables = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", theirs.as_str())];
    assert_eq!(place.with(local, "", &variables).0, 1);
}

#[test]
fn a_certificate_that_is_trusted_itself_needs_no_authority() {
    let authority = Authority::new();
    let keys = authority.sign("localhost");
    let network = Network::new(Some(keys.clone())).expect("a port");
    let Some(place) = postgres(network, ENCRYPTED_ONLY) else { return };
    let own = place.file("server.crt", &keys.certificate);
    let outcome = place.at("postgres@localhost", &format!("sslmode=verify-full&sslrootcert={own}"));
    assert!(is_fine(&outcome), "{outcome:?}");
    let (code, said) =
        place.at("postgres@127.0.0.1", &format!("sslmode=verify-full&sslrootcert={own}"));
    assert_eq!(code, 1, "{said}");
}

#[test]
fn postgres_knows_us_by_our_certificate() {
    let authority = Authority::new();
    let network = Network::new(Some(authority.sign("localhost"))).expect("a port");
    let Some(place) = postgres(network, "hostssl all all 127.0.0.1/32 cert\n") else { return };
    let ours = place.file("ours.crt", authority.certificate());
    let keys = authority.sign("postgres");
    let (certificate, key) =
        (place.file("me.crt", &keys.certificate), place.file("me.key", &keys.key));
    let trusted = format!("sslmode=verify-full&sslrootcert={ours}");
    let shown = format!("{trusted}&sslcert={certificate}&sslkey={key}");
    let outcome = place.at("postgres@localhost", &shown);
    assert!(is_fine(&outcome), "{outcome:?}");
    assert_eq!(place.at("postgres@localhost", &trusted).0, 1);
    let (code, said) = place.at("postgres@localhost", &format!("{trusted}&sslcert={certificate}"));
    assert_eq!(code, 1);
    assert!(said.contains("has no key"), "{said}");
    let (code, said) =
        place.at("postgres@localhost", &format!("{trusted}&sslcert={certificate}&sslkey={ours}"));
    assert_eq!(code, 1);
    assert!(said.contains("cannot read the key"), "{said}");
}

#[test]
fn a_postgres_without_tls_is_taken_unless_it_is_asked_for() {
    let network = Network::new(None).expect("a port");
    let Some(place) = postgres(network, "host all all 127.0.0.1/32 trust\n") else { return };
    for parameters in ["", "sslmode=disable", "sslmode=allow", "sslmode=prefer"] {
        let outcome = place.at("postgres@localhost", parameters);
        assert!(is_fine(&outcome), "{parameters}: {outcome:?}");
    }
    let (code, said) = place.at("postgres@localhost", "sslmode=require");
    assert_eq!(code, 1);
    assert!(said.contains("does not speak TLS, which `sslmode=require` asks for"), "{said}");
}

#[test]
fn passwords_and_services_come_from_where_libpq_has_them() {
    let network = Network::new(None).expect("a port");
    let Some(place) = postgres(network, "host all all 127.0.0.1/32 scram-sha-256\n") else {
        return;
    };
    let socket = place._server.socket().display().to_string();
    let mut client = postgres::Client::connect(
        &format!("host={socket} port={} user=postgres", place.port),
        postgres::NoTls,
    )
    .expect("connects");
    client.batch_execute("ALTER ROLE postgres PASSWORD 'it:is\\secret'").expect("is set");
    let (code, said) = place.at("postgres@localhost", "");
    assert_eq!(code, 1);
    assert!(said.contains("wants a password"), "{said}");
    assert!(is_fine(&place.with("postgres@localhost", "", &[("PGPASSWORD", "it:is\\secret")])));

    let file = place.file(".pgpass", "localhost:*:*:postgres:it\\:is\\\\secret\n");
    let (code, _) = place.at("postgres@localhost", "");
    assert_eq!(code, 1, "others may read the file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("is set");
    }
    let outcome = place.at("postgres@localhost", "");
    assert!(is_fine(&outcome), "{outcome:?}");

    let service =
        format!("[here]\nhost=localhost\nport={}\nuser=postgres\ndbname=postgres\n", place.port);
    place.file(".pg_service.conf", &service);
    let mut command = place.package.command_in(".", "status --url postgres://?service=here");
    let output = command.env("HOME", place.folder.path()).output().expect("starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn mariadb_is_trusted_as_ssl_mode_says() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let network = Network::new(Some(authority.sign("localhost"))).expect("a port");
    let Some(place) = mariadb(network, "") else { return };
    let ours = place.file("ours.crt", authority.certificate());
    let theirs = place.file("theirs.crt", stranger.certificate());
    let (local, number) = ("root@localhost", "root@127.0.0.1");
    for (host, parameters) in [
        (local, "".to_owned()),
        (local, "ssl-mode=PREFERRED".to_owned()),
        (local, "ssl-mode=REQUIRED".to_owned()),
        (number, format!("ssl-mode=VERIFY_CA&ssl-ca={ours}")),
        (local, format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={ours}")),
    ] {
        let outcome = place.at(host, &parameters);
        assert!(is_fine(&outcome), "{host} {parameters}: {outcome:?}");
    }
    let refused = |host: &str, parameters: &str| {
        let (code, said) = place.at(host, parameters);
        assert_eq!(code, 1, "{parameters}: {said}");
        said
    };
    let said = refused(local, &format!("ssl-mode=VERIFY_CA&ssl-ca={theirs}"));
    assert!(said.contains("error[DBK0030]"), "{said}");
    let said = refused(number, &format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={ours}"));
    assert!(said.contains("is not for `127.0.0.1`"), "{said}");
    let said = refused(local, "ssl-mode=VERIFY_IDENTITY&ssl-ca=nowhere.crt");
    assert!(said.contains("cannot read the certificate `nowhere.crt`"), "{said}");
}

#[test]
fn a_mariadb_without_tls_is_taken_unless_it_is_asked_for() {
    let network = Network::new(None).expect("a port");
    let Some(place) = mariadb(network, "--skip-ssl") else { return };
    for parameters in ["", "ssl-mode=DISABLED", "ssl-mode=PREFERRED"] {
        let outcome = place.at("root@localhost", parameters);
        assert!(is_fine(&outcome), "{parameters}: {outcome:?}");
    }
    let (code, said) = place.at("root@localhost", "ssl-mode=REQUIRED");
    assert_eq!(code, 1);
    assert!(said.contains("does not speak TLS"), "{said}");
}
