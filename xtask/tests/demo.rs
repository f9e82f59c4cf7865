//! What `cargo xtask demo` shows, without what differs between two runs: times, and the version of the bundled SQLite.

use std::process::Command;

#[test]
fn the_demo_plays_the_main_job() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("demo")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("the demo runs");
    let stdout = String::from_utf8(output.stdout).expect("is text");
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    insta::with_settings!({
        omit_expression => true,
        prepend_module_to_snapshot => true,
        // The shop's own migrations keep their times: they are files of this repository.
        filters => vec![
            (r"\d{14}_add_customers_newsletter", "[NOW         ]_add_customers_newsletter"),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "[NOW              ]"),
            (r"SQLite \d+\.\d+\.\d+", "SQLite [VERSION]"),
        ],
    }, {
        insta::assert_snapshot!(stdout);
    });
}
