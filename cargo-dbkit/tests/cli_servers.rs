//! The main session on PostgreSQL and MariaDB, from ephemeral servers; without them it says so and does nothing.

#[macro_use]
mod support;

use support::Package;
use test_fixtures::catalog::Client;
use test_fixtures::server::{self, Database};

fn struct_of(fields: &str) -> String {
    format!(
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"users\")]\npub struct User {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    #[dbkit(varchar(320), unique)]\n    pub email: String,\n{fields}}}\n"
    )
}

/// generate, migrate, status, a failure, rollback.
fn session(dialect: &str, database: &Database) -> String {
    let url = database.url();
    let mut package = Package::new(dialect, &struct_of(""));
    package.quietly("generate");
    package.write("src/schema.rs", &struct_of("    pub bio: Option<String>,\n"));
    package.quietly("generate");
    package.quietly("generate --custom --name backfill");
    let id = package.id("backfill");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "INSERT INTO users (email) VALUES ('a@example.org');\n\nUPDATE users\n   SET bioo = lower(email);\n",
    );
    package.quietly("amend backfill");

    let run = |package: &mut Package, line: &str| package.run(&format!("{line} --url {url}"));
    run(&mut package, "migrate --dry-run");
    assert_eq!(run(&mut package, "migrate"), 1);
    run(&mut package, "status");
    package.note("# mended");
    package.write(&format!("migrations/{id}/up.sql"), "UPDATE users SET bio = lower(email);\n");
    run(&mut package, "amend backfill");
    run(&mut package, "migrate");
    run(&mut package, "migrate");
    run(&mut package, "drop");
    run(&mut package, "rollback --steps 9");
    run(&mut package, "drop");
    database_free(&package.transcript(), &url)
}

/// Without what differs between servers and runs.
fn database_free(text: &str, url: &str) -> String {
    let (before, _) = url.split_once("dbkit_test_").unwrap();
    let name: String = url[before.len()..].chars().take_while(|c| *c != '?').collect();
    let (_, socket) = url.split_once('=').unwrap();
    let text = text.replace(&name, "[NAME]").replace(socket, "[SOCKET]");
    let lines = text.lines().map(|line| {
        if let Some((before, rest)) = line.split_once("in its way: ") {
            let (_, said) = rest.split_once(" s, ").unwrap_or(("", rest));
            return format!("{before}in its way: [PROCESS, SECONDS], {said}");
        }
        let version = ["(PostgreSQL ", "(MariaDB "].iter().find(|word| line.contains(**word));
        match version.and_then(|word| line.split_once(*word).map(|(before, _)| (word, before))) {
            Some((word, before)) => format!("{before}{word}[VERSION])"),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_session_on_postgres() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    assert_transcript!(session("postgres", &database));
}

#[test]
fn a_session_on_mariadb() {
    let Some(server) = server::mariadb() else { return };
    let database = server.fresh_database();
    assert_transcript!(session("mysql", &database));
}

#[test]
fn what_postgres_refuses_is_explained() {
    let Some(server) = server::postgres() else { return };
    let url = server.url();
    let mut package = Package::new("postgres", &struct_of(""));
    package.quietly("generate");
    let missing = url.replace("/postgres?", "/no_such_database?");
    package.run(&format!("migrate --url {missing}"));
    package.run("migrate --url postgres:///app?host=/no/such/folder");
    package.run("migrate --url postgres://app:secret@127.0.0.1:1/app?sslmode=require");
    let (_, socket) = url.split_once('=').unwrap();
    assert_transcript!(package.transcript().replace(socket, "[SOCKET]"));
}

#[test]
fn a_table_that_the_app_keeps_busy_is_exit_75() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = Package::new("postgres", &struct_of(""));
    package.quietly("generate");
    package.quietly(&format!("migrate --url {url}"));
    package.write("src/schema.rs", &struct_of("    pub bio: Option<String>,\n"));
    package.quietly("generate");
    let mut app = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    app.batch_execute("BEGIN; LOCK TABLE users").unwrap();
    let line = format!("migrate --lock-timeout 1 --retries 1 --url {url}");
    assert_eq!(package.run(&line), 75);
    app.batch_execute("ROLLBACK").unwrap();
    assert_eq!(package.run(&line), 0);
    // On a slow machine a long wait is also watched by a second connection.
    let transcript = package.transcript();
    let lines = transcript.lines().filter(|line| !line.starts_with("     Working "));
    let transcript = format!("{}\n", lines.collect::<Vec<_>>().join("\n"));
    assert_transcript!(database_free(&transcript, &url));
}

/// The connection goes in the middle of a statement that no transaction covers.
#[test]
fn a_statement_without_an_answer_is_in_doubt() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = Package::new("postgres", &struct_of(""));
    package.quietly("generate");
    package.quietly("generate --custom --name hang_up");
    let id = package.id("hang_up");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "-- dbkit: no-transaction\nCREATE TABLE a (id integer);\n\nDO $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$;\n",
    );
    package.quietly("amend hang_up");
    assert_eq!(package.run(&format!("migrate --url {url}")), 1);
    assert_eq!(package.run(&format!("migrate --url {url}")), 1);
    package.note("# a person looks");
    assert_eq!(package.run(&format!("repair hang_up --done --reason looked --url {url}")), 0);
    assert_eq!(package.run(&format!("status --url {url} -q")), 0);
    assert_eq!(package.run(&format!("repair hang_up --not-done --url {url}")), 1);
    assert_eq!(package.run(&format!("migrate --url {url}")), 0);
    // The server's last words may get lost with the connection.
    let text = package.transcript().replace(
        ": connection closed",
        ": terminating connection due to administrator command (57P01)",
    );
    assert_transcript!(database_free(&text, &url));
}

#[test]
fn a_migration_is_given_up_when_too_many_wait_and_longer_work_is_watched() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = Package::new("postgres", &struct_of(""));
    package.quietly("generate");
    package.quietly(&format!("migrate --url {url}"));
    let connect = || postgres::Client::connect(&url, postgres::NoTls).unwrap();
    package.quietly("generate --custom --name long");
    let id = package.id("long");
    let up = format!("migrations/{id}/up.sql");
    // The second statement holds what the first one has locked.
    package.write(&up, "ALTER TABLE users ADD COLUMN note text;\n\nSELECT pg_sleep(60);\n");
    package.quietly("amend long");
    let (code, said) = std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            let mut command =
                package.command_in(".", &format!("migrate --url {url} --max-waiting 1"));
            let output = command.output().unwrap();
            (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
        });
        let mut look = connect();
        let held = "SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass AND mode = 'AccessExclusiveLock' AND granted";
        while look.query_one(held, &[]).unwrap().get::<_, i64>(0) == 0 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        for _ in 0..3 {
            scope.spawn(|| connect().query("SELECT count(*) FROM users", &[]).unwrap());
        }
        run.join().unwrap()
    });
    assert_eq!(code, Some(75), "{said}");
    assert!(said.contains("error[DBK0036]") && said.contains("nothing was changed"), "{said}");
    assert!(connect().query("SELECT note FROM users", &[]).is_err());

    let mut client = connect();
    client.batch_execute("CREATE FUNCTION slow(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT $1 + length(pg_sleep(0.03)::text) $$; INSERT INTO users (email) SELECT i::text FROM generate_series(1, 100) i").unwrap();
    package.write(&up, "CREATE INDEX users_slow ON users (slow(id));\n");
    package.quietly("amend long");
    let mut command =
        package.command_in(".", &format!("migrate --url {url} --message-format json"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("\"reason\":\"progress\"") && said.contains("\"phase\":\"building index"),
        "{said}"
    );
}

#[test]
fn many_tables_are_read_alike_with_a_second_connection_and_without_a_place_for_it() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let role = format!("{}_alone", database.name());
    let mut client = Client::open(&database.url());
    client
        .execute(&format!(
            "DO $$ BEGIN FOR i IN 1..250 LOOP
                EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, code varchar(9) UNIQUE, n int DEFAULT %s CHECK (n > 0))', i, i);
                EXECUTE format('CREATE INDEX i%s ON t%s (code DESC, n) WHERE n > %s', i, i, i);
            END LOOP; END $$;
            CREATE ROLE {role} LOGIN CONNECTION LIMIT 1"
        ))
        .expect("is made");
    let mut package = Package::without_schema("postgres", "");
    let mut export = |url: &str| package.quietly(&format!("export {url} --format json"));
    let both = export(&database.url());
    let alone = export(&database.url().replace("//postgres@", &format!("//{role}@")));
    client.execute(&format!("DROP ROLE {role}")).expect("is dropped");
    assert!(both.contains("\"t250\""), "{both}");
    assert_eq!(both, alone);
}

#[test]
fn status_says_how_far_a_replica_is_behind() {
    if server::postgres().is_none() {
        return;
    }
    let (primary, standby) = test_fixtures::standby::start_pair().expect("starts");
    let mut package = Package::new("postgres", &struct_of(""));
    package.quietly("generate");
    package.quietly(&format!("migrate --url {}", primary.url()));
    let mut mirror = Client::open(&standby.url());
    // What the replica does not execute any more is not there yet.
    mirror.execute("SELECT pg_wal_replay_pause()").expect("is paused");
    let mut client = Client::open(&primary.url());
    client.execute("CREATE TABLE more AS SELECT i FROM generate_series(1, 100000) i").unwrap();
    let line = format!("status --url {} --message-format json", primary.url());
    let said = package.quietly(&line);
    let status = said.lines().find(|line| line.contains("\"reason\":\"status\"")).unwrap();
    let status: serde_json::Value = serde_json::from_str(status).unwrap();
    let [replica] = status["replicas"].as_array().unwrap().as_slice() else { panic!("{status}") };
    assert_eq!(replica["name"], "mirror");
    // A row of the table is at least 28 bytes.
    assert!(replica["bytes"].as_u64().unwrap() > 2_800_000, "{replica}");
    assert_eq!(package.run(&format!("status --url {}", primary.url())), 0);
    assert!(package.transcript().contains("Replica mirror is "), "{}", package.transcript());
    mirror.execute("SELECT pg_wal_replay_resume()").expect("goes on");
}
