//! Reads the blob that dbkit-build writes. Lazily: an app that is up to date looks at ids and hashes only.
//!
//! ```text
//! header   24 bytes: "DBKITBL3", count u32, length of the index u32, length of the text u32, bytes that the text takes here u32
//! hashes   32 bytes per migration: of its up.sql
//! index    per migration: LEB128 numbers (how many bytes its id has in common with the one before it, how many more it has, flags, length
//!          of up.sql, that of down.sql plus one or 0 for none, length of the rest), those more bytes, and the rest, of LEB128 numbers: parents (count, places in this order), statements of up.sql (count, then gap and
//!          length of each), the same of down.sql if there is one; if it takes the place of others (flag 128): how many ways there are to
//!          have had them; of each way the count, then of each migration the length of its id, the id and the hash of its up.sql
//! text     up.sql and down.sql of each, one after the other: an LZ4 block where it takes fewer bytes than the text, else as it is
//! ```
//! Integers of the header are little endian; migrations stand in order of execution.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use crate::hexadecimal;

const MAGIC: &[u8; 8] = b"DBKITBL3";
const HEADER: usize = 24;
const HASH: usize = 32;

/// An LZ4 block becomes at most so many times as long: each byte of it stands for at most 255.
const GROWTH: usize = 255;

/// Embedded migrations, in order of execution.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    bytes: Cow<'static, [u8]>,
    /// None if the bytes are no blob.
    index: OnceLock<Option<Index>>,
    /// The text, if it is compressed; none if it cannot be unpacked.
    text: OnceLock<Option<Vec<u8>>>,
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
        Self::new(Cow::Borrowed(bytes))
    }

    pub(crate) const fn from_vec(bytes: Vec<u8>) -> Self {
        Self::new(Cow::Owned(bytes))
    }

    const fn new(bytes: Cow<'static, [u8]>) -> Self {
        Self { bytes, index: OnceLock::new(), text: OnceLock::new() }
    }

    /// Whether the index leads to parts that are there.
    pub(crate) fn check(&self) -> Result<(), InvalidBlob> {
        self.index().map(|_| ()).ok_or(InvalidBlob)
    }

    /// Whether the scripts are there, too: for whoever is going to execute them. One that cannot be read must not be taken for an empty one.
    pub(crate) fn check_text(&self) -> Result<(), InvalidBlob> {
        self.check()?;
        let text = self.header().and_then(|header| self.texts(&header)).ok_or(InvalidBlob)?;
        let is_text = |range: &Range<usize>| {
            text.get(range.clone()).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok())
        };
        let mut scripts =
            self.records().iter().flat_map(|record| [Some(&record.up), record.down.as_ref()]);
        if scripts.all(|range| range.is_none_or(is_text)) { Ok(()) } else { Err(InvalidBlob) }
    }

    fn header(&self) -> Option<Header> {
        if !self.bytes.starts_with(MAGIC) {
            return None;
        }
        let number = |at: usize| {
            let bytes = self.bytes.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(bytes) as usize)
        };
        let (count, index_length, text_length, stored) =
            (number(8)?, number(12)?, number(16)?, number(20)?);
        let index = count.checked_mul(HASH)?.checked_add(HEADER)?;
        let text = index.checked_add(index_length)?;
        let end = text.checked_add(stored)?;
        let header = Header { count, index: index..text, text: text..end, text_length };
        let is_possible = text_length <= stored.saturating_mul(GROWTH);
        (header.text.end <= self.bytes.len() && is_possible).then_some(header)
    }

    fn index(&self) -> Option<&Index> {
        self.index.get_or_init(|| Index::read(&self.bytes, &self.header()?)).as_ref()
    }

    fn records(&self) -> &[Record] {
        self.index().map_or(&[], |index| index.records.as_slice())
    }

    fn texts(&self, header: &Header) -> Option<&[u8]> {
        let stored = self.bytes.get(header.text.clone())?;
        if stored.len() == header.text_length {
            return Some(stored);
        }
        let unpack = || lz4_flex::block::decompress(stored, header.text_length).ok();
        self.text.get_or_init(unpack).as_deref()
    }

    pub(crate) fn len(&self) -> usize {
        self.records().len()
    }

    pub(crate) fn migration(&self, at: usize) -> Option<Migration<'_>> {
        Some(Migration { blob: self, record: self.records().get(at)? })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Migration<'_>> {
        self.records().iter().map(|record| Migration { blob: self, record })
    }

    /// The text of a script.
    fn script(&self, range: &Range<usize>) -> &str {
        let text = self.header().and_then(|header| self.texts(&header)?.get(range.clone()));
        text.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Where the parts of a blob are.
#[derive(Debug)]
struct Header {
    count: usize,
    index: Range<usize>,
    text: Range<usize>,
    /// Of the text before it was compressed.
    text_length: usize,
}

/// The ids, one after the other, and where each migration is.
#[derive(Debug, Clone)]
struct Index {
    ids: String,
    records: Vec<Record>,
}

/// Where a migration is: its id among the ids, hash and rest in the blob, scripts in the text.
#[derive(Debug, Clone)]
struct Record {
    hash: Range<usize>,
    id: Range<usize>,
    flags: usize,
    up: Range<usize>,
    down: Option<Range<usize>>,
    rest: Range<usize>,
}

impl Index {
    fn read(bytes: &[u8], header: &Header) -> Option<Self> {
        let mut index = Numbers { bytes: bytes.get(..header.index.end)?, at: header.index.start };
        let mut text = 0_usize;
        let mut script = |length: usize| {
            let start = text;
            text = start.saturating_add(length);
            start..text
        };
        let mut ids: Vec<u8> = Vec::with_capacity(header.index.len());
        let mut before = 0..0;
        let mut records = Vec::with_capacity(header.count);
        for number in 0..header.count {
            let (shared, more) = (index.number(), index.number());
            let (flags, up, down, rest) =
                (index.number(), index.number(), index.number(), index.number());
            let more = index.at..index.at.checked_add(more)?;
            let rest = more.end..more.end.checked_add(rest)?;
            index.at = rest.end;
            let start = ids.len();
            let shared = ids.get(before)?.get(..shared)?.to_owned();
            ids.extend(shared);
            ids.extend(bytes.get(more)?);
            let id = start..ids.len();
            before = id.clone();
            let (up, down) = (script(up), down.checked_sub(1).map(&mut script));
            let hash = HEADER + HASH * number;
            records.push(Record { hash: hash..hash + HASH, id, flags, up, down, rest });
        }
        let is_whole = index.at == header.index.end && text == header.text_length;
        let ids = String::from_utf8(ids).ok().filter(|_| is_whole)?;
        records.iter().all(|record| ids.get(record.id.clone()).is_some()).then_some(())?;
        Some(Self { ids, records })
    }
}

/// One embedded migration.
#[derive(Debug, Clone)]
pub struct Migration<'a> {
    blob: &'a Blob,
    record: &'a Record,
}

impl<'a> Migration<'a> {
    /// Its id, such as `20261122093000_create_users`.
    pub fn id(&self) -> &'a str {
        self.blob
            .index()
            .and_then(|index| index.ids.get(self.record.id.clone()))
            .unwrap_or_default()
    }

    /// The sha256 of its `up.sql`.
    pub fn hash(&self) -> &'a [u8] {
        self.blob.bytes.get(self.record.hash.clone()).unwrap_or_default()
    }

    /// The same as 64 hexadecimal digits, as the history keeps it.
    pub fn hash_text(&self) -> String {
        hexadecimal::digits(self.hash())
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
            Direction::Up => Some(self.blob.script(&self.record.up)),
            Direction::Down => self.record.down.as_ref().map(|down| self.blob.script(down)),
        }
    }

    fn has_flag(&self, flag: usize) -> bool {
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

    fn rest(&self) -> Numbers<'a> {
        Numbers { bytes: &self.blob.bytes[..self.record.rest.end], at: self.record.rest.start }
    }

    /// Byte ranges of the statements of a script.
    pub fn statements(&self, direction: Direction) -> Vec<Range<usize>> {
        let mut rest = self.rest();
        for _ in 0..rest.number() {
            rest.number();
        }
        let up = rest.ranges();
        match direction {
            Direction::Up => up,
            Direction::Down if self.record.down.is_some() => rest.ranges(),
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
        let mut rest = self.rest();
        for _ in 0..rest.number() {
            rest.number();
        }
        rest.ranges();
        if self.record.down.is_some() {
            rest.ranges();
        }
        // A blob that is cut off is no reason to go on for ever.
        let bytes = rest.bytes;
        let ways = rest.number().min(bytes.len());
        let mut one = |_| {
            let count = rest.number().min(bytes.len());
            let mut list = Vec::new();
            for _ in 0..count {
                let end = rest.number().saturating_add(rest.at);
                let id = bytes.get(rest.at..end).unwrap_or_default();
                rest.at = end.saturating_add(HASH);
                let hash = bytes.get(end..rest.at).unwrap_or_default();
                list.push((std::str::from_utf8(id).unwrap_or_default(), hexadecimal::digits(hash)));
            }
            list
        };
        (0..ways).map(&mut one).collect()
    }

    /// The migrations that it follows, as places in the order of execution.
    pub(crate) fn parents(&self) -> Vec<usize> {
        let mut rest = self.rest();
        (0..rest.number()).map(|_| rest.number()).collect()
    }
}

/// LEB128 numbers, one after the other.
struct Numbers<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Numbers<'_> {
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
