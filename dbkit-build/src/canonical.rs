//! Canonical text and its hash, so that a checkout with other line ends is no drift.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

#[cfg(not(feature = "sha2"))]
use crate::sha256::digest;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The canonical form of a file: one leading BOM stripped, CRLF and lone CR as LF, exactly one final LF.
///
/// Borrows when the bytes are canonical already.
pub fn canonical(bytes: &[u8]) -> Cow<'_, [u8]> {
    let body = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let has_final_line_end = body.ends_with(b"\n") && !body.ends_with(b"\n\n") && body.len() > 1;
    if has_final_line_end && !body.contains(&b'\r') {
        return Cow::Borrowed(body);
    }
    let mut text = Vec::with_capacity(body.len() + 1);
    let mut rest = body.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' {
            text.push(b'\n');
            rest.next_if_eq(&b'\n');
        } else {
            text.push(byte);
        }
    }
    while text.last() == Some(&b'\n') {
        text.pop();
    }
    text.push(b'\n');
    Cow::Owned(text)
}

/// Whether the bytes begin with a UTF-8 byte order mark.
pub fn has_bom(bytes: &[u8]) -> bool {
    bytes.starts_with(BOM)
}

/// The sha256 of canonical bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of a file's bytes, made canonical first.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_canonical(&canonical(bytes))
    }

    /// The hash of bytes that are canonical already.
    pub fn of_canonical(bytes: &[u8]) -> Self {
        Self(digest(bytes))
    }

    /// The first eight hexadecimal digits, for messages.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (byte, pair) in self.0.iter().zip(text.chunks_exact_mut(2)) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text.iter().try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return Err(());
        }
        let mut hash = [0; 32];
        let mut at = 0;
        while at < 32 {
            let (high, low) =
                (DIGITS[usize::from(bytes[2 * at])], DIGITS[usize::from(bytes[2 * at + 1])]);
            if high > 15 || low > 15 {
                return Err(());
            }
            hash[at] = high << 4 | low;
            at += 1;
        }
        Ok(Self(hash))
    }
}

#[cfg(feature = "sha2")]
fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;

    sha2::Sha256::digest(bytes).into()
}

/// What a byte means as a hexadecimal digit; 255 is none. A build script reads thousands of hashes without optimisation.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

#[cfg(test)]
mod tests {
    use super::{Hash, canonical};

    #[test]
    fn line_ends_and_marks_make_no_difference() {
        let plain = Hash::of(b"a\nb\n");
        for other in [&b"\xef\xbb\xbfa\r\nb\r\n"[..], b"a\rb", b"a\nb\n\n\n"] {
            assert_eq!(Hash::of(other), plain);
        }
        assert_ne!(Hash::of(b"a\n b\n"), plain);
        assert_eq!(&*canonical(b""), b"\n");
    }

    #[test]
    fn a_hash_is_read_back_from_its_text() {
        let hash = Hash::of(b"x\n");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!("zz".parse::<Hash>(), Err(()));
    }
}
