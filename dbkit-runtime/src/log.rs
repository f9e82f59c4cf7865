//! The log beside the history: what became of migrations, in order. Entries are only ever added, and each holds the hash of the one before
//! it, so that an edit of the history or of the log is found. The log is also a fence: two runs that do not know of each other want
//! to write the same number, and one of them is taken back.

use std::collections::BTreeMap;

use crate::driver::Rows;
use crate::hexadecimal;
use crate::history::HistoryRow;

/// The table of the log.
pub(crate) fn definition(name: &str, moment: &str, options: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (\n    \
         set_name varchar(64) NOT NULL,\n    \
         seq integer NOT NULL,\n    \
         id varchar(128) NOT NULL,\n    \
         status varchar(16) NOT NULL,\n    \
         direction varchar(4) NOT NULL,\n    \
         up_hash varchar(64) NOT NULL,\n    \
         detail text NOT NULL,\n    \
         chain varchar(64) NOT NULL,\n    \
         at {moment} NULL,\n    \
         dbkit_version varchar(32) NOT NULL,\n    \
         applied_by varchar(255) NULL,\n    \
         PRIMARY KEY (set_name, seq)\n){options}"
    )
}

/// The status of an entry from which the chain begins anew, after a person has accepted what the tables say.
pub(crate) const ANCHOR: &str = "accepted";

/// The query for the entries of a set. The caller sorts them.
pub(crate) fn select(name: &str, set: &str) -> String {
    format!(
        "SELECT seq, id, status, direction, up_hash, detail, chain FROM {name} WHERE set_name = {set}"
    )
}

/// The query for the last entry of a set.
pub(crate) fn last(name: &str, set: &str) -> String {
    format!("SELECT seq, chain FROM {name} WHERE set_name = {set} ORDER BY seq DESC LIMIT 1")
}

/// The end of the log: what the next entry follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: u64,
    pub(crate) chain: String,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) direction: String,
    pub(crate) up_hash: String,
    pub(crate) detail: String,
}

impl Head {
    /// The head after one more entry.
    pub(crate) fn after(&self, set: &str, entry: &Entry) -> Self {
        let seq = self.seq + 1;
        let Entry { id, status, direction, up_hash, detail } = entry;
        // An anchor stands on nothing but itself.
        let before = if status == ANCHOR { "" } else { self.chain.as_str() };
        let text =
            format!("{before}\n{set}\n{seq}\n{id}\n{status}\n{direction}\n{up_hash}\n{detail}");
        Self { seq, chain: hexadecimal::hash(&text) }
    }
}

/// A place where the log or the history is not what dbkit has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Break {
    pub(crate) id: String,
    pub(crate) what: String,
}

/// The log of a set, read and checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) head: Head,
    pub(crate) breaks: Vec<Break>,
    /// Of each migration, the last entry.
    last: BTreeMap<String, Entry>,
}

impl Log {
    /// Reads what [`select`] gives.
    pub(crate) fn read(rows: Rows, set: &str) -> Self {
        let mut entries: Vec<(u64, Entry, String)> = rows.into_iter().map(entry).collect();
        entries.sort_by_key(|(seq, ..)| *seq);
        let anchor = entries.iter().rposition(|(_, entry, _)| entry.status == ANCHOR);
        let mut log = Self::default();
        // What comes before an anchor was accepted as it is.
        if let Some(anchor) = anchor {
            log.head.seq = entries[anchor].0.saturating_sub(1);
            entries.drain(..anchor);
        }
        for (seq, entry, chain) in entries {
            let next = log.head.after(set, &entry);
            if seq != next.seq {
                log.breaks.push(Break {
                    id: entry.id.clone(),
                    what: format!("entry {} of the log is missing", next.seq),
                });
            } else if chain != next.chain {
                log.breaks.push(Break {
                    id: entry.id.clone(),
                    what: format!("entry {seq} of the log is not what was written"),
                });
            }
            // Each break is told once.
            log.head = Head { seq, chain };
            if entry.status != ANCHOR {
                log.last.insert(entry.id.clone(), entry);
            }
        }
        log
    }

    /// Compares the history with the log. Rows of format 1 were never logged.
    pub(crate) fn compare(&mut self, rows: &[HistoryRow]) {
        for row in rows.iter().filter(|row| row.format > 1 || self.last.contains_key(&row.id)) {
            let status = row.status.word();
            let what = match self.last.get(&row.id) {
                None => "its row in the history is not in the log".to_owned(),
                Some(entry) if entry.status != status => {
                    format!("its row says `{status}`, the log says `{}`", entry.status)
                }
                Some(entry) if entry.up_hash != row.up_hash => {
                    "its row has another hash than the log".to_owned()
                }
                Some(_) => continue,
            };
            self.breaks.push(Break { id: row.id.clone(), what });
        }
        for (id, entry) in &self.last {
            if !rows.iter().any(|row| row.id == *id) {
                let what =
                    format!("its row in the history is gone, and the log says `{}`", entry.status);
                self.breaks.push(Break { id: id.clone(), what });
            }
        }
    }
}

fn entry(cells: Vec<Option<String>>) -> (u64, Entry, String) {
    let mut cells = cells.into_iter();
    let mut next = || cells.next().flatten().unwrap_or_default();
    let seq = next().parse().unwrap_or(0);
    let entry =
        Entry { id: next(), status: next(), direction: next(), up_hash: next(), detail: next() };
    (seq, entry, next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(statuses: &[(&str, &str)]) -> Rows {
        let mut head = Head::default();
        let mut rows = Rows::new();
        for (id, status) in statuses {
            let entry = Entry {
                id: (*id).to_owned(),
                status: (*status).to_owned(),
                direction: "up".to_owned(),
                up_hash: "h".to_owned(),
                detail: String::new(),
            };
            head = head.after("app", &entry);
            let cells = [&head.seq.to_string(), *id, *status, "up", "h", "", &head.chain]
                .map(|cell| Some(cell.to_owned()));
            rows.push(cells.to_vec());
        }
        rows
    }

    fn breaks(rows: Rows) -> Vec<String> {
        Log::read(rows, "app").breaks.into_iter().map(|found| found.what).collect()
    }

    #[test]
    fn an_entry_that_was_edited_removed_or_moved_is_found() {
        let whole = written(&[("a", "applied"), ("b", "applied"), ("b", "rolled_back")]);
        assert_eq!(breaks(whole.clone()), [""; 0]);
        let mut edited = whole.clone();
        edited[1][2] = Some("baseline".to_owned());
        assert_eq!(breaks(edited), ["entry 2 of the log is not what was written"]);
        let mut removed = whole.clone();
        removed.remove(1);
        assert_eq!(breaks(removed), ["entry 2 of the log is missing"]);
        let mut moved = whole;
        moved[0][0] = Some("2".to_owned());
        moved[1][0] = Some("1".to_owned());
        assert!(!breaks(moved).is_empty());
    }

    #[test]
    fn what_was_accepted_is_not_asked_again() {
        let mut rows =
            written(&[("a", "applied"), ("b", "applied"), ("", ANCHOR), ("a", "applied")]);
        rows[0][2] = Some("rolled_back".to_owned());
        rows.remove(1);
        assert_eq!(breaks(rows), [""; 0]);
    }
}
