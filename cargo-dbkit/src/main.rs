//! `cargo dbkit`: the program. Everything is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_dbkit::main()
}
