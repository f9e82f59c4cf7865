//! The blob that dbkit-runtime reads: an index of fixed width, then the canonical text. Format 1, or 2 with what takes the place of others.
//!
//! ```text
//! header   32 bytes: "DBKITBL1", count u32, records offset u32, text offset u32, 3 reserved u32
//! record   48 bytes: hash of up.sql, offset u32 into the text, id length u16, flags u16, up length u32, down length u32
//! text     per migration: id, up.sql, down.sql, then LEB128 numbers: parents (count, record indexes), statements of
//!          up.sql (count, then gap and length of each), the same of down.sql if there is one; if it takes the place of
//!          others (flag 128, format 2): how many ways there are to have had them; of each way the count, then of each migration
//!          the length of its id, the id and the hash of its up.sql
//! ```
//! All integers are little endian; records stand in order of execution. A down length of `u32::MAX` means no down.sql.

use std::borrow::Cow;

use crate::canonical::{Hash, canonical};
use crate::directive::{Directives, Phase};
use crate::folder::Folder;
use crate::replaces::Replaces;
use crate::split::{Flavor, split};
use crate::verify::{Script, Seen};

const MAGIC: &[u8; 8] = b"DBKITBL1";
/// A runtime of format 1 would run a migration that takes the place of others on a database that has run those.
const MAGIC_2: &[u8; 8] = b"DBKITBL2";
const HEADER: usize = 32;
const RECORD: usize = 48;

/// Runs without a transaction.
const NO_TRANSACTION: u16 = 1;
const IRREVERSIBLE: u16 = 2;
const DOWN_NO_TRANSACTION: u16 = 4;
const FOREIGN_KEYS_OFF: u16 = 8;
const DOWN_FOREIGN_KEYS_OFF: u16 = 16;
const RUST_STEP: u16 = 32;
const DOWN_RUST_STEP: u16 = 64;
const REPLACES: u16 = 128;
const PHASE_SHIFT: u16 = 8;

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
        if let Some(position) = journal.position_near(&entry.id, at) {
            places[position] = at;
        }
    }
    let text_offset = HEADER + RECORD * order.len();
    let mut head = Vec::with_capacity(text_offset);
    let is_replacing = order.iter().any(|entry| journal.replaces(&entry.id).is_some());
    head.extend(if is_replacing { MAGIC_2 } else { MAGIC });
    for number in [order.len(), HEADER, text_offset, 0, 0, 0] {
        head.extend(number32(number).to_le_bytes());
    }
    let mut text = Vec::new();
    for (at, entry) in order.iter().enumerate() {
        let position = journal.position_near(&entry.id, at);
        let scripts = position.and_then(|position| seen.scripts(position));
        let files = folder.migration_near(entry.id.as_str(), at);
        let empty: &[u8] = &[];
        let up = canonical(files.and_then(|files| files.up.as_deref()).unwrap_or(empty));
        let down = files.and_then(|files| files.down.as_deref()).map(canonical);
        let id = entry.id.as_str();

        let seen_up = scripts.and_then(|scripts| scripts.up.as_ref());
        let seen_down = scripts.and_then(|scripts| scripts.down.as_ref());
        head.extend(seen_up.map_or_else(|| Hash::of_canonical(&up), |script| script.hash).0);
        head.extend(number32(text.len()).to_le_bytes());
        head.extend(u16::try_from(id.len()).unwrap_or(u16::MAX).to_le_bytes());
        let replaces = files.and_then(|files| files.replaces.as_deref());
        let replacing = if replaces.is_some() { REPLACES } else { 0 };
        let up_directives = directives(&up, seen_up);
        let down_directives = down.as_deref().map(|down| directives(down, seen_down));
        head.extend((flags(&up_directives, down_directives.as_deref()) | replacing).to_le_bytes());
        head.extend(number32(up.len()).to_le_bytes());
        head.extend(down.as_ref().map_or(u32::MAX, |down| number32(down.len())).to_le_bytes());

        text.extend(id.as_bytes());
        text.extend(&*up);
        text.extend(down.as_deref().unwrap_or(empty));
        leb128(&mut text, entry.parents.len());
        for parent in &entry.parents {
            let position = journal.position_near(parent, at.wrapping_sub(1));
            leb128(&mut text, position.map_or(0, |position| places[position]));
        }
        statements(&mut text, &up, flavor, seen_up);
        if let Some(down) = &down {
            statements(&mut text, down, flavor, seen_down);
        }
        if let Some(bytes) = replaces {
            write_replaces(&mut text, bytes);
        }
    }
    head.extend(text);
    head
}

fn directives<'a>(text: &[u8], seen: Option<&'a Script>) -> Cow<'a, Directives> {
    match seen {
        Some(script) => Cow::Borrowed(&script.directives),
        None => Cow::Owned(std::str::from_utf8(text).map(Directives::parse).unwrap_or_default()),
    }
}

fn flags(up: &Directives, down: Option<&Directives>) -> u16 {
    let none = Directives::default();
    let down = down.unwrap_or(&none);
    let phase = match up.phase {
        None => 0,
        Some(Phase::Expand) => 1,
        Some(Phase::Backfill) => 2,
        Some(Phase::Contract) => 3,
    };
    let bit = |is_set: bool, bit: u16| if is_set { bit } else { 0 };
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
