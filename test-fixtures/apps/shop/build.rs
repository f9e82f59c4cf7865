//! Verifies and embeds the migrations of the database that the shop is built for.

fn main() {
    let is_postgres = std::env::var_os("CARGO_FEATURE_POSTGRES").is_some();
    let (folder, dialect) =
        if is_postgres { ("migrations-postgres", "postgres") } else { ("migrations", "sqlite") };
    dbkit_build::Embed::new(folder).dialect(dialect).run();
}
