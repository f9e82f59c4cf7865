//! What stands in `objects!`: namespaces, sequences, and everything that is kept as its statement.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{EntityId, EntityKind, Object, Schema};
use crate::rust::object_grammar::STATEMENTS;

use super::table::{extra_words, sequence_words};
use super::words::Word;

/// A statement that is longer stands in a file of its own.
const SHORT: usize = 160;

/// The words, and the files that they name.
pub(super) fn words(schema: &Schema) -> (Vec<Word>, BTreeMap<String, String>) {
    let mut words = Vec::new();
    let mut files = Files::default();
    for namespace in schema.namespaces.values() {
        let mut parts = vec![Word::text(&namespace.name)];
        parts.extend(namespace.comment.iter().map(|comment| Word::assign("comment", comment)));
        parts.extend(extra_words(&namespace.extra));
        words.push(Word::list("schema", parts));
    }
    for sequence in schema.sequences.values() {
        let mut parts = vec![Word::text(&sequence.name.to_string())];
        parts.extend(sequence.ty.iter().map(|ty| Word::assign("type", &ty.to_string())));
        parts.extend(sequence_words(&sequence.options));
        parts.extend(sequence.comment.iter().map(|comment| Word::assign("comment", comment)));
        parts.extend(extra_words(&sequence.extra));
        words.push(Word::list("sequence", parts));
    }
    words.extend(schema.objects.values().map(|object| statement(object, &mut files)));
    (words, files.texts)
}

fn statement(object: &Object, files: &mut Files) -> Word {
    if object.id.kind == EntityKind::Script {
        return script(object, files);
    }
    let word = STATEMENTS
        .iter()
        .find(|(_, kind)| *kind == object.id.kind)
        .map_or_else(|| object.id.kind.word().replace(' ', "_"), |(word, _)| (*word).to_owned());
    let mut parts = name(&object.id);
    parts.push(files.sql(&object.id, &object.definition, "sql", "file"));
    let mut extra = object.extra.clone();
    if let Some(comment) = extra.properties.remove("comment") {
        parts.push(Word::assign("comment", &comment));
    }
    parts.extend(extra_words(&extra));
    Word::list(&word, parts)
}

fn script(object: &Object, files: &mut Files) -> Word {
    let mut parts = vec![Word::text(&object.id.object.name)];
    parts.push(files.sql(&object.id, &object.definition, "create", "create_file"));
    parts.push(match object.extra.properties.get("drop") {
        Some(drop) => files.sql(&object.id, drop, "drop", "drop_file"),
        None => Word::plain("irreversible"),
    });
    Word::list("sql", parts)
}

/// `"shop.totals"`, `"area(integer, integer)"`, `"touch", on = "posts"`.
fn name(id: &EntityId) -> Vec<Word> {
    match &id.member {
        None => vec![Word::text(&id.object.to_string())],
        Some(member)
            if matches!(
                id.kind,
                EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate
            ) =>
        {
            vec![Word::text(&format!("{}({member})", id.object))]
        }
        Some(member) => {
            vec![Word::text(member), Word::assign("on", &id.object.to_string())]
        }
    }
}

/// Files of SQL, each with a name of its own on every system.
#[derive(Default)]
struct Files {
    texts: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Files {
    /// A statement in the code, or in a file that the code names.
    fn sql(&mut self, id: &EntityId, sql: &str, word: &str, file_word: &str) -> Word {
        let is_short = sql.len() <= SHORT && !sql.contains('\n');
        // A file is read with the line ends of this system taken for one.
        if is_short || sql.contains('\r') {
            return Word::assign(word, sql);
        }
        let folder = format!("{}s", id.kind.word().replace(' ', "_"));
        let folder = match id.kind {
            EntityKind::Policy => "policies".to_owned(),
            EntityKind::Index => "indexes".to_owned(),
            EntityKind::Statistics => "statistics".to_owned(),
            EntityKind::DefaultPrivileges => "default_privileges".to_owned(),
            _ => folder,
        };
        let is_routine =
            matches!(id.kind, EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate);
        let member = id.member.as_ref().filter(|_| !is_routine);
        let parts = id.object.schema.iter().chain([&id.object.name]).chain(member);
        let name = parts.map(|part| plain(part)).collect::<Vec<_>>().join(".");
        let mut path = format!("sql/{folder}/{name}.sql");
        let mut number = 2;
        while !self.taken.insert(path.to_lowercase()) {
            path = format!("sql/{folder}/{name}_{number}.sql");
            number += 1;
        }
        self.texts.insert(path.clone(), format!("{sql};\n"));
        Word::assign(file_word, &path)
    }
}

/// What of a name every file system takes.
fn plain(name: &str) -> String {
    let cut: String = name.chars().take(60).collect();
    cut.chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' })
        .collect()
}
