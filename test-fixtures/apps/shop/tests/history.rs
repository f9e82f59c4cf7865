//! Rows that were there at the shop's first migration are right at its last: on SQLite, and with the feature `postgres` on PostgreSQL.

use dbkit::{Driver, Target};

const FIRST_DAY: &str = "INSERT INTO customers (name, email, country) VALUES ('Ada Lovelace', 'ada@example.com', 'GB'), ('Cher', 'cher@example.com', NULL);
INSERT INTO products (sku, title, price) VALUES ('tea', 'Tea', 450);
INSERT INTO orders (customer_id, status, placed_at, note) VALUES (1, 'shipped', '2026-01-01', 'ring twice'), (2, 'pending', '2026-01-02', NULL);";

#[cfg(not(feature = "postgres"))]
#[test]
fn rows_of_the_first_day_are_right_today() {
    let mut database = rusqlite::Connection::open_in_memory().expect("opens");
    database.execute_batch("PRAGMA foreign_keys = ON").expect("is set");
    lives_through_its_history(&mut database);
    assert_eq!(rows(&mut database, "PRAGMA foreign_key_check"), [""; 0]);
}

#[cfg(feature = "postgres")]
#[test]
fn rows_of_the_first_day_are_right_today() {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let place = server.fresh_database();
    let mut database = postgres::Client::connect(&place.url(), postgres::NoTls).expect("connects");
    lives_through_its_history(&mut database);
}

fn lives_through_its_history(database: &mut impl Driver) {
    let migrations = &shop::MIGRATIONS;
    let generated = migrations.iter().filter(|migration| !migration.id().contains("split_"));
    assert!(generated.count() >= 8, "a history worth the name");

    migrations.runner().target(Target::Steps(1)).run(database).expect("the first day");
    for sql in FIRST_DAY.lines() {
        Driver::execute(database, sql).expect("rows");
    }
    let report = migrations.run(database).expect("today");
    assert_eq!(report.applied().len(), migrations.len() - 1);
    is_right(database);

    // Every way back, as far as the first day, and the same way again. What a way back cannot bring back is not asked for.
    let back = Target::Steps(migrations.len() - 1);
    migrations.runner().target(back).allow_irreversible().rollback(database).expect("goes back");
    assert_eq!(
        rows(database, "SELECT title, price FROM products"),
        ["Tea|450"],
        "the first day's columns are there again"
    );
    assert_eq!(
        rows(database, "SELECT customer_id, status FROM orders ORDER BY id"),
        ["1|shipped", "2|pending"]
    );
    assert_eq!(migrations.run(database).expect("goes forth").applied().len(), migrations.len() - 1);
    assert_eq!(
        rows(database, "SELECT customer_id, status, placed_at FROM orders ORDER BY id"),
        ["1|sent|2026-01-01", "2|pending|2026-01-02"]
    );
}

fn is_right(database: &mut impl Driver) {
    assert_eq!(
        rows(database, "SELECT first_name, last_name, email, country FROM customers ORDER BY id"),
        ["Ada|Lovelace|ada@example.com|GB", "Cher||cher@example.com|??"]
    );
    assert_eq!(rows(database, "SELECT sku, name, price FROM products"), ["tea|Tea|450"]);
    assert_eq!(
        rows(database, "SELECT customer_id, status, placed_at FROM orders ORDER BY id"),
        ["1|sent|2026-01-01", "2|pending|2026-01-02"]
    );
}

fn rows(database: &mut impl Driver, sql: &str) -> Vec<String> {
    let rows = Driver::query(database, sql).expect("rows");
    let line = |row: Vec<Option<String>>| {
        row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|")
    };
    rows.into_iter().map(line).collect()
}
