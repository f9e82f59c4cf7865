//! `cargo dbkit`: the program. Everything is in the library beside it.

use std::process::ExitCode;

// A schema is many small texts, and the system's allocator is a third of the time that a large one takes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cargo_dbkit::main()
}
