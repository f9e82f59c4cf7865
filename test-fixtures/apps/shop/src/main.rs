//! Opens the shop, and says what it did.
#![expect(clippy::print_stdout, reason = "the shop talks to the person who started it")]

fn main() -> Result<(), shop::Failure> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "shop.db".to_owned());
    let (_, report) = shop::open(&path)?;
    match report.applied() {
        [] => println!("shop: the database is up to date"),
        applied => println!("shop: {} migrations applied", applied.len()),
    }
    Ok(())
}
