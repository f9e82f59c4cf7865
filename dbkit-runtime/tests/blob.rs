//! What dbkit-build embeds is what the runtime reads, and nothing else is taken for it.

mod support;

use dbkit_runtime::{Direction, Migrations};

use support::{POSTS, Scripts, USERS, embedded};

fn line<'a>(scripts: &[Scripts<'a>]) -> Vec<(Scripts<'a>, Vec<&'a str>)> {
    let parent = |at: usize| at.checked_sub(1).map(|at| scripts[at].0).into_iter().collect();
    scripts.iter().enumerate().map(|(at, one)| (*one, parent(at))).collect()
}

/// Every script with the statements in it.
fn read(migrations: &Migrations) -> Vec<(String, String, Option<String>, Vec<String>)> {
    let one = |migration: dbkit_runtime::Migration<'_>| {
        let up = migration.text(Direction::Up).unwrap_or_default().to_owned();
        let statements = migration.statements(Direction::Up).into_iter();
        let statements = statements.map(|range| up[range].to_owned()).collect();
        let down = migration.text(Direction::Down).map(str::to_owned);
        (migration.id().to_owned(), up, down, statements)
    };
    migrations.iter().map(one).collect()
}

#[test]
fn scripts_come_out_as_they_went_in() {
    let without_down = ("20260103000000_more", "SELECT 'é;';\nSELECT 2;\n", None);
    let migrations =
        Migrations::from_blob(embedded(&line(&[USERS, POSTS, without_down]))).expect("a blob");
    let found = read(&migrations);
    let texts: Vec<_> =
        found.iter().map(|(id, up, down, _)| (id.as_str(), up.as_str(), down.as_deref())).collect();
    assert_eq!(texts, [USERS, POSTS, without_down]);
    assert_eq!(found[2].3, ["SELECT 'é;'", "SELECT 2"]);
}

#[test]
fn small_texts_take_less_than_they_are_long_and_long_ones_are_kept_as_they_are() {
    let texts: Vec<(String, String)> = (0..1_000)
        .map(|at| {
            let up = format!("ALTER TABLE t{at} ADD COLUMN name text NOT NULL DEFAULT '';\n");
            (format!("2026010100{:02}{:02}_m", at / 60, at % 60), up)
        })
        .collect();
    let scripts: Vec<Scripts<'_>> =
        texts.iter().map(|(id, up)| (id.as_str(), up.as_str(), None)).collect();
    let sql: usize = texts.iter().map(|(_, up)| up.len()).sum();
    let blob = embedded(&line(&scripts));
    assert!(blob.len() < sql * 13 / 10, "{} bytes for {sql} of SQL", blob.len());
    let migrations = Migrations::from_blob(blob).expect("a blob");
    assert_eq!(read(&migrations)[999].1, texts[999].1);

    let long = format!("SELECT '{}';\n", "x".repeat(2 << 20));
    let blob = embedded(&line(&[("20260101000000_long", &long, None)]));
    assert!(blob.len() > long.len(), "an unoptimised build script would take its time");
    assert_eq!(read(&Migrations::from_blob(blob).expect("a blob"))[0].1, long);
}

#[test]
fn a_blob_that_is_cut_off_or_of_another_version_is_refused() {
    let blob = embedded(&line(&[USERS, POSTS]));
    for length in 0..blob.len() {
        assert!(Migrations::from_blob(blob[..length].to_vec()).is_err(), "{length} bytes of it");
    }
    let mut other = blob;
    other[7] = b'4';
    let refused = Migrations::from_blob(other).map(|migrations| migrations.len());
    assert_eq!(
        refused.map_err(|error| error.to_string()),
        Err("the embedded migrations are not what dbkit-build writes; build again with the same version of dbkit-build".to_owned())
    );
}

#[test]
fn a_script_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let blob = embedded(&line(&[("20260101000000_a", "SELECT 'a';\n", None)]));
    assert!(blob.ends_with(b"SELECT 'a';\n"), "it is too short to be compressed");
    let mut damaged = blob.clone();
    let letter = blob.len() - "a';\n".len();
    damaged[letter] = 0xff;
    assert!(Migrations::from_blob(damaged).is_err());
}

#[test]
fn damaged_bytes_are_refused_or_read_and_never_a_panic() {
    let blob = embedded(&line(&[USERS, POSTS]));
    arbtest::arbtest(|random| {
        let mut damaged = blob.clone();
        for _ in 0..random.int_in_range(1..=4)? {
            let at = random.choose_index(damaged.len())?;
            damaged[at] = random.arbitrary()?;
        }
        if let Ok(migrations) = Migrations::from_blob(damaged) {
            assert_eq!(migrations.iter().count(), migrations.len());
            let lists = migrations.iter().map(|one| one.replaces().len()).sum::<usize>();
            assert!(lists <= blob.len());
            assert!(
                migrations.iter().all(|one| one.statements(Direction::Down).len() <= blob.len())
            );
        }
        Ok(())
    });
}
