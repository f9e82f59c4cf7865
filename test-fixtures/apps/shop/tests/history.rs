//! Rows that were there at the shop's first migration are right at its last.
#![cfg(not(feature = "postgres"))]

use dbkit::{Driver, Target};

#[test]
fn rows_of_the_first_day_are_right_today() {
    let mut database = rusqlite::Connection::open_in_memory().expect("opens");
    database.execute_batch("PRAGMA foreign_keys = ON").expect("is set");
    shop::MIGRATIONS.runner().target(Target::Steps(1)).run(&mut database).expect("the first day");
    database
        .execute_batch(
            "INSERT INTO customers (name, email, country) VALUES ('Ada Lovelace', 'ada@example.com', 'GB'), ('Cher', 'cher@example.com', NULL);
             INSERT INTO products (sku, title, price) VALUES ('tea', 'Tea', 450);
             INSERT INTO orders (customer_id, status, placed_at, note) VALUES (1, 'shipped', '2026-01-01', 'ring twice'), (2, 'pending', '2026-01-02', NULL);",
        )
        .expect("rows");
    let report = shop::MIGRATIONS.run(&mut database).expect("today");
    assert_eq!(report.applied().len(), shop::MIGRATIONS.len() - 1);

    let mut rows = |sql: &str| {
        let rows = Driver::query(&mut database, sql).expect("rows");
        let line = |row: Vec<Option<String>>| {
            row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|")
        };
        rows.into_iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        rows("SELECT first_name, last_name, email, country FROM customers ORDER BY id"),
        ["Ada|Lovelace|ada@example.com|GB", "Cher||cher@example.com|??"]
    );
    assert_eq!(rows("SELECT sku, name, price FROM products"), ["tea|Tea|450"]);
    assert_eq!(
        rows("SELECT customer_id, status, placed_at FROM orders ORDER BY id"),
        ["1|sent|2026-01-01", "2|pending|2026-01-02"]
    );
    assert_eq!(rows("PRAGMA foreign_key_check"), Vec::<String>::new());
}
