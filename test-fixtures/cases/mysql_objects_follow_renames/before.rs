dbkit::objects! {
    sequence("numbers"),
    view("totals", sql = "CREATE VIEW totals AS SELECT user_id, sum(amount) AS total FROM orders GROUP BY user_id"),
    view("next_number", sql = "CREATE VIEW next_number AS SELECT nextval(numbers) AS number"),
    function("paid(bigint)", sql = "CREATE FUNCTION paid(wanted bigint) RETURNS bigint READS SQL DATA RETURN (SELECT sum(amount) FROM orders WHERE user_id = wanted)"),
}
#[derive(Table)]
#[dbkit(table = "orders", trigger("keep_positive", before(insert), each(row), body = "SET NEW.amount = abs(NEW.amount)"))]
pub struct Order {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub user_id: i64,
    pub amount: i64,
}
