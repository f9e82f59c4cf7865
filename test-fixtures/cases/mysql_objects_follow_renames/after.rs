dbkit::objects! {
    sequence("figures"),
    view("totals", sql = "CREATE VIEW totals AS SELECT user_id, sum(price) AS total FROM bills GROUP BY user_id"),
    view("next_number", sql = "CREATE VIEW next_number AS SELECT nextval(figures) AS number"),
    function("paid(bigint)", sql = "CREATE FUNCTION paid(wanted bigint) RETURNS bigint READS SQL DATA RETURN (SELECT sum(price) FROM bills WHERE user_id = wanted)"),
}
#[derive(Table)]
#[dbkit(table = "bills", trigger("keep_positive", before(insert), each(row), body = "SET NEW.price = abs(NEW.price)"))]
pub struct Bill {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub user_id: i64,
    pub price: i64,
}
