//! Names of constraints and indexes that nobody wrote: PostgreSQL's own rules, so that plain SQL agrees.

use std::collections::BTreeSet;

/// PostgreSQL keeps 63 bytes of a name.
const MAX: usize = 63;

/// `{table}_{columns}_{suffix}`, cut to size with a hash where it is too long, numbered where it is taken.
pub(crate) fn implicit(
    table: &str,
    columns: &[&str],
    suffix: &str,
    taken: &mut BTreeSet<String>,
) -> String {
    let mut parts = vec![table];
    parts.extend(columns);
    let base = shortened(&parts.join("_"), suffix);
    let mut name = format!("{base}_{suffix}");
    let mut number = 1;
    while !taken.insert(name.clone()) {
        name = format!(
            "{}_{suffix}{number}",
            shortened(&parts.join("_"), &format!("{suffix}{number}"))
        );
        number += 1;
    }
    name
}

/// What is left of a name beside a suffix. A hash of the whole keeps two long names apart.
fn shortened(base: &str, suffix: &str) -> String {
    let room = MAX - suffix.len() - 1;
    if base.len() <= room {
        return base.to_owned();
    }
    let hash = format!("{:08x}", fnv(base.as_bytes()) as u32);
    let mut end = room - hash.len() - 1;
    while !base.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{hash}", base[..end].trim_end_matches('_'))
}

/// FNV-1a, 64 bits.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    fnv_from(FNV_START, bytes)
}

/// Where FNV-1a begins.
pub(crate) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// The same, going on from what is hashed already.
pub(crate) fn fnv_from(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::implicit;

    #[test]
    fn names_are_those_of_postgres() {
        let mut taken = BTreeSet::new();
        assert_eq!(implicit("users", &["email"], "key", &mut taken), "users_email_key");
        assert_eq!(implicit("users", &["email"], "key", &mut taken), "users_email_key1");
    }

    #[test]
    fn a_long_name_is_cut_and_stays_its_own() {
        let mut taken = BTreeSet::new();
        let long = "a".repeat(70);
        let one = implicit(&long, &["b"], "fkey", &mut taken);
        let other = implicit(&long, &["c"], "fkey", &mut taken);
        assert!(one.len() <= 63 && one.ends_with("_fkey"));
        assert_ne!(one, other);
    }
}
