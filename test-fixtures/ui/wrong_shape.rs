#[derive(dbkit::Table)]
pub struct Point(i64, i64);

#[derive(dbkit::DbType)]
pub struct Price {
    pub cents: i64,
    pub currency: String,
}

dbkit::objects! { sequense("order_no") }

fn main() {}
