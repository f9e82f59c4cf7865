//! The blob that dbkit-runtime reads: hashes, an index, then the canonical text. Format 3.
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

use crate::canonical::{Hash, canonical};
use crate::directive::{Directives, Phase};
use crate::folder::Folder;
use crate::replaces::Replaces;
use crate::split::{Flavor, split};
use crate::verify::{Script, Seen};

const MAGIC: &[u8; 8] = b"DBKITBL3";
const HEADER: usize = 24;

/// More text than this is kept as it is: what comes with each migration weighs little beside it then, and a build script, which cargo does
/// not optimise, would be longer at it than at everything else.
const COMPRESSED: usize = 1 << 20;

/// Runs without a transaction.
const NO_TRANSACTION: usize = 1;
const IRREVERSIBLE: usize = 2;
const DOWN_NO_TRANSACTION: usize = 4;
const FOREIGN_KEYS_OFF: usize = 8;
const DOWN_FOREIGN_KEYS_OFF: usize = 16;
const RUST_STEP: usize = 32;
const DOWN_RUST_STEP: usize = 64;
const REPLACES: usize = 128;
const PHASE_SHIFT: usize = 8;

/// Writes the blob of a folder in which `verify` has found no error.
pub fn write(folder: &Folder, flavor: Flavor) -> Vec<u8> {
    write_seen(folder, flavor, &Seen::default())
}

/// The same, with what verifying has found out already.
pub(crate) fn write_seen(folder: &Folder, flavor: Flavor, seen: &Seen) -> Vec<u8> {
    let order = folder.journal.order();
    let journal = &folder.journal;
    // Where the entries of the journal are in the order of execution.
    let mut places = vec![0; journal.entries().len()];
    for (at, entry) in order.iter().enumerate() {
        if let Some(position) = journal.position_near(entry.id.as_str(), at) {
            places[position] = at;
        }
    }
    let mut hashes = Vec::with_capacity(HEADER + 32 * order.len());
    let (mut index, mut text) = (Vec::new(), Vec::new());
    let mut before = "";
    for (at, entry) in order.iter().enumerate() {
        let position = journal.position_near(entry.id.as_str(), at);
        let scripts = position.and_then(|position| seen.scripts(position));
        let files = folder.migration_near(entry.id.as_str(), at);
        let empty: &[u8] = &[];
        let up = canonical(files.and_then(|files| files.up.as_deref()).unwrap_or(empty));
        let down = files.and_then(|files| files.down.as_deref()).map(canonical);

        let seen_up = scripts.and_then(|scripts| scripts.up.as_ref());
        let seen_down = scripts.and_then(|scripts| scripts.down.as_ref());
        hashes.extend(seen_up.map_or_else(|| Hash::of_canonical(&up), |script| script.hash).0);
        text.extend(&*up);
        text.extend(down.as_deref().unwrap_or(empty));

        let mut rest = Vec::new();
        leb128(&mut rest, entry.parents.len());
        for parent in &entry.parents {
            let position = journal.position_near(parent.as_str(), at.wrapping_sub(1));
            leb128(&mut rest, position.map_or(0, |position| places[position]));
        }
        statements(&mut rest, &up, flavor, seen_up);
        if let Some(down) = &down {
            statements(&mut rest, down, flavor, seen_down);
        }
        let replaces = files.and_then(|files| files.replaces.as_deref());
        if let Some(bytes) = replaces {
            write_replaces(&mut rest, bytes);
        }

        let replacing = if replaces.is_some() { REPLACES } else { 0 };
        let up_directives = directives(&up, seen_up);
        let down_directives = down.as_deref().map(|down| directives(down, seen_down));
        let id = entry.id.as_str();
        let shared = shared(before, id);
        before = id;
        leb128(&mut index, shared);
        leb128(&mut index, id.len() - shared);
        leb128(&mut index, flags(&up_directives, down_directives.as_deref()) | replacing);
        leb128(&mut index, up.len());
        leb128(&mut index, down.as_ref().map_or(0, |down| down.len() + 1));
        leb128(&mut index, rest.len());
        index.extend(&id.as_bytes()[shared..]);
        index.extend(rest);
    }
    let length = text.len();
    let text = stored(text);
    let mut blob = Vec::with_capacity(HEADER + hashes.len() + index.len() + text.len());
    blob.extend(MAGIC);
    for number in [order.len(), index.len(), length, text.len()] {
        blob.extend(number32(number).to_le_bytes());
    }
    for part in [hashes, index, text] {
        blob.extend(part);
    }
    blob
}

/// How many bytes two texts begin with alike; those of a migration's id are ASCII.
fn shared(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut length = 0;
    while length < one.len() && length < other.len() && one[length] == other[length] {
        length += 1;
    }
    length
}

/// The text in the form that takes fewer bytes.
fn stored(text: Vec<u8>) -> Vec<u8> {
    if text.len() > COMPRESSED {
        return text;
    }
    let compressed = lz4_flex::block::compress(&text);
    if compressed.len() < text.len() { compressed } else { text }
}

fn directives<'a>(text: &[u8], seen: Option<&'a Script>) -> Cow<'a, Directives> {
    match seen {
        Some(script) => Cow::Borrowed(&script.directives),
        None => Cow::Owned(std::str::from_utf8(text).map(Directives::parse).unwrap_or_default()),
    }
}

fn flags(up: &Directives, down: Option<&Directives>) -> usize {
    let none = Directives::default();
    let down = down.unwrap_or(&none);
    let phase = match up.phase {
        None => 0,
        Some(Phase::Expand) => 1,
        Some(Phase::Backfill) => 2,
        Some(Phase::Contract) => 3,
    };
    let bit = |is_set: bool, bit: usize| if is_set { bit } else { 0 };
    bit(up.no_transaction, NO_TRANSACTION)
        | bit(up.irreversible || down.irreversible, IRREVERSIBLE)
        | bit(down.no_transaction, DOWN_NO_TRANSACTION)
        | bit(up.foreign_keys_off, FOREIGN_KEYS_OFF)
        | bit(down.foreign_keys_off, DOWN_FOREIGN_KEYS_OFF)
        | bit(up.rust_step, RUST_STEP)
        | bit(down.rust_step, DOWN_RUST_STEP)
        | phase << PHASE_SHIFT
}

fn write_replaces(text: &mut Vec<u8>, bytes: &[u8]) {
    let (replaces, _) = Replaces::parse(bytes, "");
    leb128(text, replaces.lists.len());
    for list in replaces.hashes() {
        leb128(text, list.len());
        for (id, hash) in list {
            leb128(text, id.as_str().len());
            text.extend(id.as_str().as_bytes());
            text.extend(hash.0);
        }
    }
}

fn statements(text: &mut Vec<u8>, script: &[u8], flavor: Flavor, seen: Option<&Script>) {
    let found = || std::str::from_utf8(script).ok().and_then(|script| split(script, flavor).ok());
    let ranges = match seen {
        Some(seen) => seen.statements.clone(),
        None => found().unwrap_or_default(),
    };
    leb128(text, ranges.len());
    let mut end = 0;
    for range in ranges {
        leb128(text, range.start - end);
        leb128(text, range.end - range.start);
        end = range.end;
    }
}

// 4 GiB of migrations do not fit into a binary either.
fn number32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn leb128(text: &mut Vec<u8>, mut number: usize) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            text.push(byte);
            return;
        }
        text.push(byte | 0x80);
    }
}
