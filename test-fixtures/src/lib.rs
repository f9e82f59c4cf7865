//! What dbkit's own tests stand on: servers that live as long as a test run, and what a database's catalog says, as text.

pub mod catalog;
pub mod disk;
pub mod engine;
pub mod pooler;
pub mod proxy;
pub mod server;
pub mod standby;
pub mod tls;

/// The root of the workspace.
pub fn workspace() -> std::path::PathBuf {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
