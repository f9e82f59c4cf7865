//! Reads the blob that dbkit-build writes. Lazily: an app that is up to date looks at ids and hashes only.
//!
//! ```text
//! header   32 bytes: "DBKITBL1", count u32, records offset u32, text offset u32, 3 reserved u32
//! record   48 bytes: hash of up.sql, offset u32 into the text, id length u16, flags u16, up length u32, down length u32
//! text     per migration: id, up.sql, down.sql, then LEB128 numbers: parents (count, record indexes), statements of
//!          up.sql (count, then gap and length of each), the same of down.sql if there is one; if it takes the place of
//!          others (flag 128, format 2): how many ways there are to have had them; of each way the count, then of each migration
//!          the length of its id, the id and the hash of its up.sql
//! ```

use std::borrow::Cow;
use std::ops::Range;

use crate::sha256::hexadecimal;

/// Format 2 has migrations that take the place of others; where there is none, format 1 is written.
const MAGICS: [&[u8; 8]; 2] = [b"DBKITBL1", b"DBKITBL2"];
const HEADER: usize = 32;
const RECORD: usize = 48;

/// Embedded migrations, in order of execution.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    bytes: Cow<'static, [u8]>,
}

/// Which script of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `up.sql`.
    Up,
    /// `down.sql`.
    Down,
}

impl Direction {
    /// The name of its script: `up.sql` or `down.sql`.
    pub fn file(self) -> &'static str {
        match self {
            Self::Up => "up.sql",
            Self::Down => "down.sql",
        }
    }
}

/// A text that is none of dbkit-build's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidBlob;

impl std::fmt::Display for InvalidBlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the embedded migrations are not what dbkit-build writes; build again with the same version of dbkit-build")
    }
}

impl std::error::Error for InvalidBlob {}

impl Blob {
    pub(crate) const fn from_static(bytes: &'static [u8]) -> Self {
        Self { bytes: Cow::Borrowed(bytes) }
    }

    pub(crate) fn from_vec(bytes: Vec<u8>) -> Self {
        Self { bytes: Cow::Owned(bytes) }
    }

    /// Whether the parts that an index leads to are there.
    pub(crate) fn check(&self) -> Result<(), InvalidBlob> {
        let is_whole = self.bytes.len() >= HEADER
            && MAGICS.iter().any(|magic| self.bytes.starts_with(*magic))
            && self.bytes.len() >= HEADER + RECORD * self.len()
            && (0..self.len())
                .all(|at| self.record(at).is_some_and(|record| record.is_inside(self.bytes.len())));
        if is_whole { Ok(()) } else { Err(InvalidBlob) }
    }

    fn number(&self, at: usize) -> usize {
        let bytes =
            self.bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 4]);
        u32::from_le_bytes(bytes) as usize
    }

    pub(crate) fn len(&self) -> usize {
        self.number(8)
    }

    fn record(&self, at: usize) -> Option<Record> {
        let start = HEADER + RECORD * at;
        let bytes = self.bytes.get(start..start + RECORD)?;
        let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        let text = self.number(16) + self.number(start + 32);
        let (id, up, down) = (short(36), self.number(start + 40), self.number(start + 44));
        let up_start = text + id;
        let down = if down == u32::MAX as usize {
            None
        } else {
            Some(up_start + up..up_start + up + down)
        };
        let tail = down.as_ref().map_or(up_start + up, |down| down.end);
        Some(Record {
            hash: start..start + 32,
            id: text..up_start,
            flags: short(38) as u16,
            up: up_start..up_start + up,
            down,
            tail,
        })
    }

    pub(crate) fn migration(&self, at: usize) -> Option<Migration<'_>> {
        // Behind the last record is text, which is no record.
        if at >= self.len() {
            return None;
        }
        Some(Migration { blob: self, record: self.record(at)? })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Migration<'_>> {
        (0..self.len()).filter_map(|at| self.migration(at))
    }

    fn text(&self, range: &Range<usize>) -> &str {
        self.bytes
            .get(range.clone())
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
struct Record {
    hash: Range<usize>,
    id: Range<usize>,
    flags: u16,
    up: Range<usize>,
    down: Option<Range<usize>>,
    tail: usize,
}

impl Record {
    fn is_inside(&self, length: usize) -> bool {
        self.tail <= length
    }
}

/// One embedded migration.
#[derive(Debug, Clone)]
pub struct Migration<'a> {
    blob: &'a Blob,
    record: Record,
}

impl<'a> Migration<'a> {
    /// Its id, such as `20261122093000_create_users`.
    pub fn id(&self) -> &'a str {
        self.blob.text(&self.record.id)
    }

    /// The sha256 of its `up.sql`.
    pub fn hash(&self) -> &'a [u8] {
        self.blob.bytes.get(self.record.hash.clone()).unwrap_or_default()
    }

    /// The same as 64 hexadecimal digits, as the history keeps it.
    pub fn hash_text(&self) -> String {
        hexadecimal(self.hash())
    }

    /// Whether a history's hash is this one.
    pub(crate) fn has_hash(&self, text: &str) -> bool {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let hash = self.hash();
        text.len() == 2 * hash.len()
            && text.as_bytes().chunks_exact(2).zip(hash).all(|(pair, byte)| {
                matches!((digit(pair[0]), digit(pair[1])), (Some(high), Some(low)) if high << 4 | low == u32::from(*byte))
            })
    }

    /// The canonical text of a script; `None` for a missing `down.sql`.
    pub fn text(&self, direction: Direction) -> Option<&'a str> {
        match direction {
            Direction::Up => Some(self.blob.text(&self.record.up)),
            Direction::Down => self.record.down.as_ref().map(|down| self.blob.text(down)),
        }
    }

    fn has_flag(&self, flag: u16) -> bool {
        self.record.flags & flag != 0
    }

    /// Whether a script runs statement by statement, without a transaction around it.
    pub fn is_without_transaction(&self, direction: Direction) -> bool {
        self.has_flag(match direction {
            Direction::Up => 1,
            Direction::Down => 4,
        })
    }

    /// Whether foreign keys are off around a script (SQLite).
    pub fn is_without_foreign_keys(&self, direction: Direction) -> bool {
        self.has_flag(match direction {
            Direction::Up => 8,
            Direction::Down => 16,
        })
    }

    /// Whether Rust code of the app belongs to a script: [`Runner::step`](crate::Runner::step).
    pub fn has_step(&self, direction: Direction) -> bool {
        self.has_flag(match direction {
            Direction::Up => 32,
            Direction::Down => 64,
        })
    }

    /// Whether `down.sql` cannot bring back what `up.sql` has lost.
    pub fn is_irreversible(&self) -> bool {
        self.has_flag(2)
    }

    /// Byte ranges of the statements of a script.
    pub fn statements(&self, direction: Direction) -> Vec<Range<usize>> {
        let mut tail = Tail { bytes: &self.blob.bytes, at: self.record.tail };
        for _ in 0..tail.number() {
            tail.number();
        }
        let up = tail.ranges();
        match direction {
            Direction::Up => up,
            Direction::Down if self.record.down.is_some() => tail.ranges(),
            Direction::Down => Vec::new(),
        }
    }

    /// The migrations whose place it takes: each with its id and the hash of its `up.sql` as hexadecimal digits.
    ///
    /// A database that has run all of one list has run this one. There is more than one list where it takes the place of a migration that
    /// had taken the place of others.
    pub fn replaces(&self) -> Vec<Vec<(&'a str, String)>> {
        if !self.has_flag(128) {
            return Vec::new();
        }
        let blob: &'a [u8] = &self.blob.bytes;
        let mut tail = Tail { bytes: blob, at: self.record.tail };
        for _ in 0..tail.number() {
            tail.number();
        }
        tail.ranges();
        if self.record.down.is_some() {
            tail.ranges();
        }
        // A blob that is cut off is no reason to go on for ever.
        let ways = tail.number().min(blob.len());
        let mut one = |_| {
            let count = tail.number().min(blob.len());
            let mut list = Vec::new();
            for _ in 0..count {
                let length = tail.number();
                let id = blob.get(tail.at..tail.at + length).unwrap_or_default();
                let hash = blob.get(tail.at + length..tail.at + length + 32).unwrap_or_default();
                tail.at += length + 32;
                list.push((std::str::from_utf8(id).unwrap_or_default(), hexadecimal(hash)));
            }
            list
        };
        (0..ways).map(&mut one).collect()
    }

    /// The migrations that it follows, as places in the order of execution.
    pub(crate) fn parents(&self) -> Vec<usize> {
        let mut tail = Tail { bytes: &self.blob.bytes, at: self.record.tail };
        (0..tail.number()).map(|_| tail.number()).collect()
    }
}

struct Tail<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Tail<'_> {
    fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 || shift > 56 {
                break;
            }
        }
        number
    }

    fn ranges(&mut self) -> Vec<Range<usize>> {
        let count = self.number();
        let mut end = 0;
        (0..count)
            .map(|_| {
                let start = end + self.number();
                end = start + self.number();
                start..end
            })
            .collect()
    }
}
