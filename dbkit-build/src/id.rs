//! Ids of migrations: `YYYYMMDDHHMMSS_slug`.

use std::fmt;
use std::str::FromStr;

/// The id of a migration, which is also the name of its folder. Ids sort by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MigrationId(String);

/// Longest id, in bytes: it is a file name, and a key in every history table.
const MAX_LENGTH: usize = 120;

impl MigrationId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 14 digits of the UTC time.
    pub fn time(&self) -> &str {
        &self.0[..14]
    }

    /// What follows the time.
    pub fn slug(&self) -> &str {
        &self.0[15..]
    }
}

fn is_time(digits: &[u8]) -> bool {
    let number = |from: usize, to: usize| {
        digits[from..to].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let year = number(0, 4);
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match number(4, 6) {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&number(6, 8))
        && number(8, 10) < 24
        && number(10, 12) < 60
        && number(12, 14) < 60
}

impl FromStr for MigrationId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        let is_slug = |slug: &[u8]| {
            !slug.is_empty()
                && slug
                    .iter()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_')
        };
        let is_id = bytes.len() > 15
            && bytes.len() <= MAX_LENGTH
            && is_time(&bytes[..14])
            && bytes[14] == b'_'
            && is_slug(&bytes[15..]);
        if is_id {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("expected an id like `20261122093000_create_users`, found `{text}`"))
        }
    }
}

impl fmt::Display for MigrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::MigrationId;

    #[test]
    fn an_id_is_a_time_and_a_slug() {
        assert!("20261122093000_create_users".parse::<MigrationId>().is_ok());
        assert!("20280229093000_x".parse::<MigrationId>().is_ok());
        for wrong in [
            "",
            "2026",
            "20261322093000_x",
            "20260229093000_x",
            "20260431093000_x",
            "20261122240000_x",
            "2026112209300a_x",
            "20261122093000",
            "20261122093000_",
            "20261122093000_Ab",
            "20261122093000-x",
        ] {
            assert!(wrong.parse::<MigrationId>().is_err(), "{wrong}");
        }
    }
}
