//! Bytes as hexadecimal digits.

use crate::sha256::digest;

/// The sha256 of a text as 64 digits.
pub(crate) fn hash(text: &str) -> String {
    digits(&digest(text.as_bytes()))
}

/// Bytes as digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |number: u8| char::from(DIGITS[usize::from(number)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
