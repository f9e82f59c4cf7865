//! The long form of every code that a diagnostic can carry.
//!
//! Codes by area: `DBK00..` the project and the command line, `DBK01..` the schema in Rust, `DBK02..` the migrations
//! folder and the journal, `DBK03..` decisions, `DBK05..` a database,
//! `DBK06..` proofs on a scratch database, `DBK07..` other tools. A code never changes its meaning.

/// What there is to say about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) code: &'static str,
    /// The problem in a few words.
    pub(crate) title: &'static str,
    /// Why it matters, and the ways out.
    pub(crate) text: &'static str,
}

/// All pages, by code.
pub(crate) fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = PROJECT.to_vec();
    for table in [
        dbkit_build::problem::CODES,
        dbkit_schema::delta::CODES,
        dbkit_schema::diff::CODES,
        dbkit_schema::plan::CODES,
        dbkit_schema::rust::CODES,
    ] {
        pages.extend(table.iter().map(|(code, title, text)| Page { code, title, text }));
    }
    pages.sort_by_key(|page| page.code);
    pages
}

const PROJECT: &[Page] = &[
    Page {
        code: "DBK0000",
        title: "the machine, or a bug",
        text: "Something failed that dbkit has no better words for. The message has the chain of causes.",
    },
    Page {
        code: "DBK0001",
        title: "no package to work on",
        text: "dbkit works on one package. It takes the nearest Cargo.toml above the current folder, or the one named by
`--manifest-path`; in a workspace, `-p NAME` chooses a member.",
    },
    Page {
        code: "DBK0002",
        title: "the configuration cannot be read",
        text: "The configuration stands in `[package.metadata.dbkit]` of Cargo.toml, with defaults for all members in
`[workspace.metadata.dbkit]`:

    [package.metadata.dbkit]
    dialect = \"sqlite\"            # sqlite, postgres or mysql
    schema = [\"src/schema.rs\"]    # files and globs
    migrations = \"migrations\"
    url-env = \"DATABASE_URL\"
    comments = \"off\"              # doc: doc comments become comments in the database
    features = []                 # that are on beside the default ones, for #[cfg(feature = \"..\")]

    [package.metadata.dbkit.databases.prod]    # chosen by --db prod; each key overrides
    url-env = \"PROD_URL\"

The variables DBKIT_DIALECT, DBKIT_SCHEMA (comma-separated), DBKIT_MIGRATIONS and DBKIT_URL_ENV stand above it. A
database URL never stands in Cargo.toml: it has a password, and it differs between machines.",
    },
    Page {
        code: "DBK0003",
        title: "dbkit is not set up here",
        text: "Nothing says which database the package is for. `cargo dbkit init` asks, or takes `--dialect`.",
    },
    Page {
        code: "DBK0004",
        title: "unknown database",
        text: "`--db NAME` chooses a table `[package.metadata.dbkit.databases.NAME]`. There is none of that name.",
    },
    Page {
        code: "DBK0005",
        title: "no schema file",
        text: "The structs are read from the files that `schema` in `[package.metadata.dbkit]` names, by default
`src/schema.rs` and everything in `src/schema/`.",
    },
    Page {
        code: "DBK0006",
        title: "no database was named",
        text: "The URL of the database comes from `--url`, else from the variable DBKIT_URL, else from the variable that
`url-env` in the configuration names (DATABASE_URL by default).",
    },
    Page {
        code: "DBK0007",
        title: "the database URL is not understood",
        text: "What is understood:

    sqlite:app.db                 a file, relative to the current folder
    sqlite:/var/lib/app.db        a file
    app.db                        the same, when the dialect is sqlite
    postgres://user:password@host:5432/database?sslmode=verify-full
    postgres:///database?host=/run/postgresql
    mysql://user:password@host:3306/database
    mysql://user@localhost/database?socket=/run/mysqld/mysqld.sock

Characters that mean something in a URL are written as `%` and two hexadecimal digits: `@` in a password is `%40`.",
    },
    Page {
        code: "DBK0008",
        title: "the database cannot be reached",
        text: "The message has the host and port (or the socket, or the file) that was tried, and what the system said.",
    },
    Page {
        code: "DBK0009",
        title: "a file cannot be read or written",
        text: "The message has the path and what the system said. Nothing is left half-written: files are written under a
temporary name first, and renamed.",
    },
    Page {
        code: "DBK0010",
        title: "the URL is for another kind of database",
        text: "Migrations are SQL of one dialect, the one in the configuration. The URL names a server of another kind.",
    },
    Page {
        code: "DBK0012",
        title: "no such code, migration or name",
        text: "An argument names something that is not there. A migration may be named by its whole id or by a beginning or
an end that fits only one.",
    },
    Page {
        code: "DBK0013",
        title: "the catalog of a database cannot be read",
        text: "The server refused one of the queries that ask for its schema. A role that may not look at a catalog table, or a lock that \
               another session holds for long, are the usual reasons. Nothing was written.",
    },
    Page {
        code: "DBK0014",
        title: "a server is too old",
        text: "dbkit reads PostgreSQL 13 and later, SQLite 3.35, MySQL 8.0 and MariaDB 10.6. Older ones lack parts of the catalog that it asks for, \
               and an answer that is half right would be worse than none.",
    },
    Page {
        code: "DBK0015",
        title: "a scratch database cannot be had",
        text: "SQL files can be understood only by a server of their dialect. dbkit makes a database named dbkit_scratch_.. there, loads the \
               files, reads the catalog and drops it again. It uses the server of the other side, or the one that --scratch-url or \
               DBKIT_SCRATCH_URL names; the role needs the right to make databases. SQLite needs nothing.",
    },
    Page {
        code: "DBK0016",
        title: "the database refuses SQL of a file",
        text: "A statement of a schema file does not run. The place and the words are the database's own. The scratch database is dropped; nothing \
               else was touched. If the statement names what others make (`auth.users` of Supabase, a role), a SQL file that `scratch-setup` in the \
               configuration names can make it there first.",
    },
    Page {
        code: "DBK0017",
        title: "something is no source of a schema",
        text: "A source is the URL of a database, a .sql file or a folder of them, a .json file of `cargo dbkit export`, `code` for the structs, \
               `migrations` for the whole folder, or `migrations@ID` for a part of it.",
    },
    Page {
        code: "DBK0018",
        title: "a database holds things that dbkit does not manage",
        text: "They were seen and are left alone: they are in no comparison and in no plan.",
    },
    Page {
        code: "DBK0020",
        title: "a database has applied the migration",
        text: "What a database has applied is history: to edit, rename or drop the migration would make the database differ from
new ones, and nothing would notice. Take it back in the database first (`cargo dbkit rollback`), or leave it and put the
change into a migration of its own. Only the database that the command was given is asked; others are yours to know.",
    },
    Page {
        code: "DBK0021",
        title: "another migration follows",
        text: "Only the last migration of a line can be dropped: what follows was made on top of it.",
    },
    Page {
        code: "DBK0022",
        title: "the structs have changes that no migration holds",
        text: "All migrations together give one schema, the structs another. `cargo dbkit generate` writes the migration that is
missing. In CI, `cargo dbkit check` or `cargo dbkit generate --check` finds out with exit code 100.",
    },
    Page {
        code: "DBK0023",
        title: "the database does not have this",
        text: "The structs ask for something that the configured dialect does not have: an array on SQLite, a comment, a sequence. It is
found before any SQL is written. An attribute can differ by dialect: `#[dbkit(type(pg = \"jsonb\", sqlite = \"text\"))]`.",
    },
    Page {
        code: "DBK0030",
        title: "the connection cannot be encrypted as it should be",
        text: "`sslmode` (PostgreSQL) and `ssl-mode` (MySQL) say what a connection is to be:

    disable, DISABLED           never encrypted
    allow                       encrypted if the server insists
    prefer, PREFERRED           encrypted if the server can; this is the default
    require, REQUIRED           encrypted, whoever answers
    verify-ca, VERIFY_CA        and the certificate is signed by an authority in `sslrootcert` (`ssl-ca`)
    verify-full, VERIFY_IDENTITY  and it is of the host that was asked for

`sslrootcert=system` trusts the authorities of this computer, which is what `verify-full` does where no file is named.
`sslcert` and `sslkey` are what this side shows to the server. A socket is never encrypted.",
    },
    Page {
        code: "DBK0031",
        title: "a backup cannot be made, believed or put back",
        text: "A backup is a copy and its manifest, `<copy>.json`, which has the sha256 of the copy, where and when it was taken, by
what, and the last migration that the database had. SQLite is copied by its own online backup while others use it, and looked
through by `PRAGMA integrity_check`; PostgreSQL and MySQL are dumped by pg_dump and mariadb-dump, whose own words stand in the
message. `--verify` restores the copy into a scratch database and compares the schemas.",
    },
    Page {
        code: "DBK0032",
        title: "a tool of the database is not there",
        text: "pg_dump and pg_restore, mariadb-dump and mariadb (or mysqldump and mysql) are looked for in DBKIT_TOOLS, on PATH, and
below /usr/lib/postgresql.",
    },
    Page {
        code: "DBK0033",
        title: "a deploy would not go well",
        text: "`cargo dbkit deploy` looks before anything runs: whether the server takes writes, whether the role may do what the
pending migrations do, whether there is room on the disk for a copy and a rebuild, who has had a transaction open for long, and
how far replicas are behind. Errors stop it; warnings do not, unless `--strict` is given.",
    },
    Page {
        code: "DBK0034",
        title: "the app is not well after the migrations",
        text: "The command of `--health` ended with another exit code than 0. The migrations are applied and stay so; whether to mend
the app, to roll back or to restore the backup is for a person to decide.",
    },
    Page {
        code: "DBK0035",
        title: "a restore would overwrite a database",
        text: "What is in the database goes when a backup is put back. Say so: `--allow overwrite`. The manifest of the backup says
which migration it is at; `cargo dbkit status` says what is pending afterwards.",
    },
    Page {
        code: "DBK0036",
        title: "a migration was given up for the sake of others",
        text: "More sessions than `--max-waiting` allows waited behind a statement of the migration, twice in a row, so a second
connection cancelled it. Its transaction was taken back. Exit code 75: try again later.",
    },
    Page {
        code: "DBK0060",
        title: "something of a database cannot be said in Rust",
        text: "`pull` reads what it is going to write, and compares it with the database. Here the two differ, so nothing was written. That is a \
               mistake of dbkit's: please report it with the statement that makes the thing. Until then leave it out by a filter (`tables = \
               [\"*\", \"!name\"]` in `[package.metadata.dbkit]`), or keep the schema in SQL files.",
    },
    Page {
        code: "DBK0061",
        title: "a database is not what its first migration makes",
        text: "A database that is older than dbkit is taken over by recording the first migration as applied. That is right only if the database has \
               everything that the migration makes, and nothing else; `migrate --no-init` reads the database and compares. What differs is \
               shown. Bring one side to the other: `cargo dbkit pull` writes the migration from the database, `cargo dbkit diff` prints the SQL \
               that leads from the database to the migration.",
    },
    Page {
        code: "DBK0062",
        title: "a pulled schema was written beside the files",
        text: "What the structs and the database say differs at a place that dbkit cannot rewrite without destroying what a person wrote there. \
               The whole of the database's schema stands in a file beside, which nobody reads; take over what you want, and delete it.",
    },
    Page {
        code: "DBK0501",
        title: "a statement of a migration failed",
        text: "The message has the database's own words, and the place in the file. Where a transaction covers the migration, nothing
of it was applied. Where none can (MySQL, `-- dbkit: no-transaction`), the statements before it stay done, and the next
run goes on at the one that failed.",
    },
    Page {
        code: "DBK0502",
        title: "a migration was edited after the database ran it",
        text: "The history of the database has another hash of `up.sql` than the folder. The database will not run it again, so it
would differ from databases that are made anew. Restore the file, and put the change into a migration of its own.",
    },
    Page {
        code: "DBK0503",
        title: "the database has run a migration that is not here",
        text: "The folder is older than the database (another branch, another version), or the migration was dropped or renamed after
it ran. `cargo dbkit migrate --allow newer` goes on in spite of it. `rollback` refuses too: what the unknown migration did may
stand on what would be taken back; `cargo dbkit rollback --allow newer` takes back what this folder has all the same.",
    },
    Page {
        code: "DBK0504",
        title: "a migration comes before one that is applied",
        text: "A migration that is not applied is an ancestor of one that is. `cargo dbkit migrate --allow out-of-order` applies it now.",
    },
    Page {
        code: "DBK0505",
        title: "a statement is in doubt",
        text: "The process ended while a statement outside a transaction was under way, and nothing says whether the database executed
it: no look at the catalog can tell (a procedure, rows of a table without transactions). Look yourself. If it took effect,
`cargo dbkit repair ID --done`; if not, `cargo dbkit repair ID --not-done`, and the next run executes it. Both are recorded
with your name and reason.",
    },
    Page {
        code: "DBK0506",
        title: "a migration failed half-way, and was edited since",
        text: "Some of its statements stay done, and they cannot be told from the new text. Restore the file, let it finish, and put
the change into a migration of its own.",
    },
    Page {
        code: "DBK0507",
        title: "a migration has no way back",
        text: "It has no `down.sql`, or its `down.sql` is marked `-- dbkit: irreversible`: it brings the structure back, not the data.
`cargo dbkit rollback --allow irreversible` goes back without the data.",
    },
    Page {
        code: "DBK0508",
        title: "the lock was not had in time",
        text: "One migrator at a time works on a database. Another one kept the lock longer than `--lock-wait`. Nothing was changed; the
same command may work later (exit code 75). A statement that does not get the locks it needs from the app's own connections is
tried again several times, and ends so, too.",
    },
    Page {
        code: "DBK0509",
        title: "rows would point nowhere",
        text: "After a migration that rebuilds tables, SQLite found rows whose foreign keys point to rows that are not there. The
migration was rolled back.",
    },
    Page {
        code: "DBK0510",
        title: "the database refused a statement of the runner",
        text: "The runner keeps its history in `_dbkit_migrations` and takes a lock. The user in the URL needs the right to do that.",
    },
    Page {
        code: "DBK0511",
        title: "a migration could not be committed",
        text: "Every statement succeeded, but the transaction with its row in the history did not end well, and was taken back as a whole.
Constraints that are deferred are checked at that moment; on SQLite, another program may be reading or writing. The message has
the database's own words.",
    },
    Page {
        code: "DBK0512",
        title: "the history is of a newer dbkit",
        text: "A row of `_dbkit_migrations` has a status that this version does not know. What it means cannot be guessed, so nothing is
done. Use the version that wrote it, or a later one.",
    },
    Page {
        code: "DBK0513",
        title: "a migration stopped half-way, and the other direction is asked for",
        text: "Where no transaction covers a script (MySQL, `-- dbkit: no-transaction`), it can stop between two statements. `down.sql` takes
back a whole `up.sql`, not a part of it, and the other way round; so a script that has begun is finished first: `cargo dbkit
migrate` goes on with an `up.sql`, `cargo dbkit rollback` with a `down.sql`.",
    },
    Page {
        code: "DBK0514",
        title: "an old history does not say which way a migration went",
        text: "The first dbkit did not record whether `up.sql` or `down.sql` was being executed. Its table gets the column `direction` by
itself at the next run, unless a script stopped half-way: then only a person knows. Add the column by hand, as the message
says; a row whose `down.sql` was being executed gets 'down'.",
    },
    Page {
        code: "DBK0515",
        title: "the history was changed by somebody else",
        text: "Beside `_dbkit_migrations` there is a log, `_dbkit_migrations_log`. Each of its entries holds the hash of the one before it,
so an edit of either table is found before anything runs. Find out who changed it, and why: a restored backup of one table
alone, a DELETE by hand, another program. When both tables say what is so, `cargo dbkit repair --accept-history` begins the
chain anew from there; what it was before stays in the log.",
    },
    Page {
        code: "DBK0516",
        title: "down.sql was edited after the migration was applied",
        text: "The history holds the hash of the `down.sql` that was there when the migration was applied. It is another one now, so it may
not be the way back of what ran. Compare the two; `cargo dbkit rollback --allow edited` goes back by what it says now.",
    },
    Page {
        code: "DBK0517",
        title: "a script rolls back what it has done",
        text: "The runner begins and ends transactions itself, with its record inside. `BEGIN` and `COMMIT` in a script are taken as
borders of its parts; a `ROLLBACK` would throw away statements that are then recorded as done. A rollback to a savepoint is
fine.",
    },
    Page {
        code: "DBK0518",
        title: "a statement cannot go through a pooler",
        text: "A pooler in transaction mode (PgBouncer) gives every transaction another session of the server. Transactions take the
migrators' lock each for itself then, and are safe. A statement that no transaction can hold (`CREATE INDEX CONCURRENTLY`,
`VACUUM`) has nothing that keeps a second migrator away from it, so it is refused before anything runs. Use the address of the
server itself for migrations.",
    },
    Page {
        code: "DBK0519",
        title: "there is nothing to repair",
        text: "`cargo dbkit repair` tells the history what it cannot know: whether a statement in doubt took effect, or what was done by
hand. The row of this migration has no such question. `cargo dbkit status` shows what the history says.",
    },
    Page {
        code: "DBK0520",
        title: "the catalog says otherwise",
        text: "The history was to be told that a statement took effect, or that it did not, and the catalog of the database says the
opposite. Nothing was changed. If the catalog is wrong (the index is another one of that name), `--force` says so.",
    },
    Page {
        code: "DBK0531",
        title: "a way back loses what was written since",
        text: "The migration made a table or a column, and rows were written into it since. Its way back drops it. The message counts them.
`cargo dbkit rollback --plan` shows every step with what it loses; `--allow data-loss` goes back all the same. A way back is
one of: full (nothing is lost), schema-only (the structure comes back, the data that the way up deleted does not), lossy,
by-hand (written by hand, its SQL tells), none.",
    },
    Page {
        code: "DBK0532",
        title: "an index is invalid",
        text: "A concurrent build or a concurrent drop of an index did not end. PostgreSQL keeps such an index up to date at every write
and uses it for no read; a unique one even refuses rows. `CREATE INDEX CONCURRENTLY IF NOT EXISTS` takes it for the index and
does nothing. The runner drops and rebuilds those of its own statements; drop the others with `DROP INDEX CONCURRENTLY`.",
    },
    Page {
        code: "DBK0533",
        title: "a constraint was never validated",
        text: "A constraint that was added `NOT VALID` is checked for new rows only. `ALTER TABLE .. VALIDATE CONSTRAINT ..` checks the old
ones, and blocks neither reads nor writes meanwhile. Give it a migration of its own.",
    },
    Page {
        code: "DBK0534",
        title: "a transaction has been open for long",
        text: "Whoever changes a definition waits for the transactions that use the table, and everybody who comes later waits behind it.
Concurrent index builds wait for every older transaction. Let it end before migrating, or end it.",
    },
    Page {
        code: "DBK0535",
        title: "the database file is damaged",
        text: "SQLite's `integrity_check` says so. Stop writing to it, keep a copy, and restore a backup; `.recover` of the sqlite3
shell saves what can still be read.",
    },
    Page {
        code: "DBK0536",
        title: "a scratch database was left behind",
        text: "dbkit reads SQL by loading it in a database `dbkit_scratch_..` that it drops again. One that was killed in between could
not. The next command that needs a scratch database on this server drops it.",
    },
    Page {
        code: "DBK0537",
        title: "the database is not what its migrations say",
        text: "The schema that the applied migrations give together, and the one in the catalog, differ. Somebody has changed the database
by hand, or a custom migration changed the schema and its changes.json does not say so. `cargo dbkit diff migrations URL`
shows the difference; a migration can hold it from now on.",
    },
    Page {
        code: "DBK0521",
        title: "a migration takes Rust code that only the app has",
        text: "A script that begins with `-- dbkit: rust-step` is not whole without the step that the app binds to it:
`MIGRATIONS.runner().step(\"20261122101500_backfill\", |connection| ..)`. The step runs after the statements and in their
transaction. The command line does not have it, so it executes nothing, neither this migration nor those before it; let the
app migrate itself, or stop short of it: `cargo dbkit migrate --to` the migration before. `cargo dbkit verify` and `amend` go on
without the step, and see only what the statements do.",
    },
    Page {
        code: "DBK0601",
        title: "a migration changes the schema in another way than it says",
        text: "changes.json of every migration says what it changes, and `generate` compares the structs with the sum of that. The
SQL of this one does something else: it was edited after it was generated, or it is written by hand. `cargo dbkit amend ID` runs
it on a scratch database, looks what it does, and writes that into changes.json.",
    },
    Page {
        code: "DBK0602",
        title: "a way back does not lead back",
        text: "On a scratch database, `up.sql` and then `down.sql` left another schema than the one before. The notes list what differs.
Mend `down.sql` and record it with `cargo dbkit amend ID`, or delete it: no way back is better than a wrong one.",
    },
    Page {
        code: "DBK0603",
        title: "a migration does something else when it is applied again",
        text: "After `up.sql`, `down.sql` and `up.sql` again the scratch database differs from the first time: `down.sql` has left something
behind that `up.sql` meets the second time.",
    },
    Page {
        code: "DBK0604",
        title: "a migration loses rows or values",
        text: "`cargo dbkit verify` puts simple rows into every table before each migration. After this one some are gone or hold other values,
although changes.json drops neither table nor column, and no statement such as UPDATE or DELETE names the table. A table that is
made anew without copying all of it, or a foreign key that cascades meanwhile, are the usual reasons.",
    },
    Page {
        code: "DBK0605",
        title: "a migration fails on rows that are valid before it",
        text: "On empty tables the migration goes well; on the simple rows that `cargo dbkit verify` puts in it fails, for the reason in the
notes. A new constraint that old rows need not satisfy, or a cast that not every value stands, do this. Whether your database has such
rows only it can tell: `cargo dbkit push` and `cargo dbkit generate --database URL` count them. It is no finding: the exit code
stays 0.",
    },
    Page {
        code: "DBK0606",
        title: "the sum of the migrations is another schema than the one they make",
        text: "A database that has run all migrations was compared with one that was made from what their changes.json say, in one go.
They differ, so a fresh database of `migrate --in-one-go` would differ, too.",
    },
    Page {
        code: "DBK0607",
        title: "a table got no rows",
        text: "`cargo dbkit verify` could find no simple row that the table takes: a trigger, a check over several columns or a type of your
own refused all of them. What becomes of its rows is not known.",
    },
    Page {
        code: "DBK0608",
        title: "an amended migration fails on a scratch database",
        text: "`cargo dbkit amend` runs a migration on a scratch database, to see what it changes. This one does not run there. It was recorded
all the same, since a script may want rows that only a real database has; but nobody knows whether its changes.json fits.",
    },
    Page {
        code: "DBK0613",
        title: "a database has run a part of what was squashed",
        text: "A migration that was made by `cargo dbkit squash` takes the place of others, which its `replaces.lock` lists. A database that has
run all of them is taken to have run it; one that has run none runs it. This one is in between. Bring it to the last of them with the
version of the folder before the squash, then go on.",
    },
    Page {
        code: "DBK0609",
        title: "a database that was to be made in one go is not empty",
        text: "`cargo dbkit migrate --in-one-go` makes all tables at once, for tests and previews. Where there is something already, the
migrations run one by one: `cargo dbkit migrate`.",
    },
    Page {
        code: "DBK0610",
        title: "one migration would not make what the old ones make",
        text: "`cargo dbkit squash` ran the old migrations on one scratch database and the new one on another, and compared schema and
rows. They differ, so nothing was written. What the old ones do without saying so in changes.json is the usual reason: `cargo dbkit verify`
names the migration, `cargo dbkit amend ID` takes it in.",
    },
    Page {
        code: "DBK0611",
        title: "migrations put too many rows into tables",
        text: "Rows that migrations put in are taken into the one that takes their place, as INSERT statements, up to a thousand. Squash up to the
migration before the one that loads them, with `--to`.",
    },
    Page {
        code: "DBK0612",
        title: "a schema cannot be made in one go",
        text: "What the changes.json of all migrations say together was written as statements, and the database refused one of them. The
migrations themselves may run all the same: `cargo dbkit migrate`. `cargo dbkit verify` tells whether they say what they do.",
    },
    Page {
        code: "DBK0701",
        title: "the migrations of another tool cannot be read",
        text: "`cargo dbkit adopt` reads the folder of the other tool: for sqlx `migrations/<version>_<name>.sql`, for refinery
`migrations/V<version>__<name>.sql`, for diesel `migrations/<version>_<name>/up.sql`, for SeaORM `migration/src/m<time>_<name>.rs`, for
Drizzle Kit `drizzle/`. It writes into dbkit's own folder, which must be another one. `--folder PATH` says where the old one is.",
    },
    Page {
        code: "DBK0702",
        title: "a script is not what a database has run",
        text: "The history table of the other tool has a checksum of every script, and the file has another one. It was edited after it
ran, so new databases would differ from this one. Restore the file, or take it over as it is with `--allow edited`.",
    },
    Page {
        code: "DBK0703",
        title: "a migration of another tool has run in part",
        text: "The history table says that the migration failed. Where no transaction covers it, some of its statements took effect. Finish it
or take it back with the tool that ran it, then run `cargo dbkit adopt` again.",
    },
    Page {
        code: "DBK0704",
        title: "a database has not run some migrations of another tool",
        text: "It has run later ones, or (SeaORM) the whole cannot be taken from a database that has run a part of it. Run the missing ones
with the old tool first.",
    },
    Page {
        code: "DBK0705",
        title: "the history table of another tool cannot be read",
        text: "The table is there, but the database refuses the question: another version of the tool may have made it with other columns, or
the role has no right to read it. The message has the database's own words.",
    },
    Page {
        code: "DBK0706",
        title: "a database has run migrations that the folder of the other tool does not have",
        text: "The folder is older than the database, or of another branch. Take over the folder of the version that the database is at.",
    },
    Page {
        code: "DBK0707",
        title: "the folder has migrations already",
        text: "The migrations of another tool are the beginning of the history, so they can only be taken over into an empty folder.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_page() {
        let pages = pages();
        for pair in pages.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} twice", pair[0].code);
        }
        for page in pages {
            assert!(page.code.len() == 7 && page.code.starts_with("DBK"), "{}", page.code);
            assert!(!page.title.ends_with('.') && !page.text.is_empty(), "{}", page.code);
        }
    }

    #[test]
    fn every_code_in_the_sources_has_a_page() {
        fn codes(folder: &std::path::Path, found: &mut std::collections::BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    codes(&path, found);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let quoted = text.split("\"DBK").skip(1).filter_map(|rest| rest.get(..5));
                    let is_code = |rest: &&str| {
                        rest.ends_with('"') && rest[..4].bytes().all(|byte| byte.is_ascii_digit())
                    };
                    found.extend(quoted.filter(is_code).map(|rest| format!("DBK{}", &rest[..4])));
                }
            }
        }
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = std::collections::BTreeSet::new();
        for folder in ["src", "schema/src", "../dbkit-build/src", "../dbkit-runtime/src"] {
            codes(&root.join(folder), &mut found);
        }
        let pages = pages();
        let missing: Vec<&String> =
            found.iter().filter(|code| !pages.iter().any(|page| page.code == **code)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
