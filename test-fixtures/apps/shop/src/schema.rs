//! What the shop keeps.

use dbkit::{DbEnum, Table};

/// Where an order stands.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(name = "order_status")]
pub enum OrderStatus {
    Pending,
    Paid,
    Sent,
    Refunded,
}

/// Someone who buys.
#[derive(Table, Debug, Clone)]
#[dbkit(table = "customers")]
pub struct Customer {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(100))]
    pub first_name: String,
    #[dbkit(varchar(100))]
    pub last_name: String,
    #[dbkit(varchar(320), unique)]
    pub email: String,
    #[dbkit(varchar(2))]
    pub country: String,
}

/// Something to buy.
#[derive(Table, Debug, Clone)]
#[dbkit(table = "products")]
pub struct Product {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(64), unique)]
    pub sku: String,
    #[dbkit(varchar(200))]
    pub name: String,
    /// In cents.
    #[dbkit(check("price >= 0"))]
    pub price: i64,
}

/// What a customer ordered.
#[derive(Table, Debug, Clone)]
#[dbkit(table = "orders", index(on(customer_id, desc(placed_at))))]
pub struct Order {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(references(Customer::id, on_delete(restrict)))]
    pub customer_id: i64,
    #[dbkit(default(OrderStatus::Pending))]
    pub status: OrderStatus,
    #[dbkit(varchar(40))]
    pub placed_at: String,
}

/// One line of an order.
#[derive(Table, Debug, Clone)]
#[dbkit(
    table = "order_items",
    primary_key(order_id, line),
    check("order_items_quantity", "quantity > 0")
)]
pub struct OrderItem {
    #[dbkit(references(Order::id, on_delete(cascade)))]
    pub order_id: i64,
    pub line: i32,
    #[dbkit(references(Product::id))]
    pub product_id: i64,
    pub quantity: i32,
}

// A unit test: `cargo dbkit` sees every table that the compiler sees.
dbkit::assert_schema!();
