//! Puts a schema into files that a person has written: only what differs is touched, and comments, other attributes, other derives and
//! everything else stay as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::{Attribute, ItemEnum, ItemStruct, Meta};

use crate::model::Schema;
use crate::rust::{Options, SourceFile};

use super::index::{Index, Place, pieces};
use super::print::{attributes_at, enum_item, field_text, table_item, variant_text};
use super::words::{Word, literal};
use super::{EnumText, FieldText, TableText, VariantText, WriteOptions, Written, print, write};

/// Files with a schema in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// The Rust files, all of them, in their order.
    pub files: Vec<SourceFile>,
    /// SQL beside the code that is new or changed: paths relative to the package, and texts.
    pub sql: BTreeMap<String, String>,
    /// What differs and could not be put in, in a few words each.
    pub left: Vec<String>,
}

/// How much of a table that differs is written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thoroughness {
    /// What differs.
    Differences,
    /// All attributes of a table in which something differs: what stood at the struct may stand at a field now.
    WholeTables,
}

/// Brings the schema that `files` say, `code`, to another one. What is new is put into the file `home`, which is one of them.
///
/// `code` is what the files say, in the form in which it can be compared with `schema`.
pub fn merge(
    files: &[SourceFile],
    home: &str,
    code: &Schema,
    schema: &Schema,
    (reading, writing): (&Options, &WriteOptions),
    thoroughness: Thoroughness,
) -> Merged {
    let index = Index::of(files, reading);
    let known = index.known();
    let mut merger = Merger {
        files,
        home: files.iter().position(|file| file.path == home).unwrap_or_default(),
        index: &index,
        wanted: write(schema, writing, &known),
        found: write(code, writing, &known),
        thoroughness,
        edits: Vec::new(),
        merged: Merged::default(),
    };
    let mut items = merger.objects();
    items.extend(merger.enums());
    items.extend(merger.tables());
    merger.append(&items);
    merger.finish()
}

/// A range of a file, and what takes its place.
struct Edit {
    file: usize,
    range: Range<usize>,
    text: String,
}

struct Merger<'a> {
    files: &'a [SourceFile],
    home: usize,
    index: &'a Index,
    wanted: Written,
    found: Written,
    thoroughness: Thoroughness,
    edits: Vec<Edit>,
    merged: Merged,
}

impl Merger<'_> {
    fn text(&self, file: usize) -> &str {
        &self.files[file].text
    }

    fn edit(&mut self, file: usize, range: Range<usize>, text: impl Into<String>) {
        self.edits.push(Edit { file, range, text: text.into() });
    }

    /// Takes an item away, with the blank line before it.
    fn delete_item(&mut self, place: &Place) {
        let text = self.text(place.file);
        let mut range = place.range.clone();
        let before = text[..range.start].trim_end_matches([' ', '\t']);
        range.start = before.len();
        if before.ends_with("\n\n") {
            range.start -= 1;
        }
        if text[range.end..].starts_with('\n') {
            range.end += 1;
        }
        self.edit(place.file, range, "");
    }

    /// The tables; the text of those that are new.
    fn tables(&mut self) -> Vec<String> {
        let mut new = Vec::new();
        for table in self.wanted.tables.clone() {
            let found = self.found.tables.iter().find(|found| found.name == table.name).cloned();
            match (found, self.index.tables.get(&table.name)) {
                (None, None) => new.push(table_item(&table)),
                (Some(found), _) if found == table => {}
                (Some(found), Some((place, item))) => self.table(&table, &found, place, item),
                (None, Some(_)) | (Some(_), None) => {
                    self.merged.left.push(format!("table `{}`", table.name));
                }
            }
        }
        for found in self.found.tables.clone() {
            if self.wanted.tables.iter().any(|table| table.name == found.name) {
                continue;
            }
            match self.index.tables.get(&found.name) {
                Some((place, _)) => self.delete_item(place),
                None => self.merged.left.push(format!("table `{}`", found.name)),
            }
        }
        new
    }

    fn table(&mut self, wanted: &TableText, found: &TableText, place: &Place, item: &ItemStruct) {
        let file = place.file;
        let is_whole =
            wanted.words != found.words || self.thoroughness == Thoroughness::WholeTables;
        if is_whole {
            const KEPT: [&str; 5] = ["renamed_from", "crate", "trigger", "policy", "exclude"];
            let at = item.vis.span().byte_range();
            let at =
                if at.is_empty() { item.struct_token.span().byte_range().start } else { at.start };
            self.attributes(file, &item.attrs, &wanted.words, &KEPT, at, true);
        }
        let columns = self.index.columns.get(&wanted.name).cloned().unwrap_or_default();
        let field_of = |column: &str| {
            let name = columns.get(column)?;
            item.fields.iter().find(|field| {
                field.ident.as_ref().is_some_and(|ident| {
                    ident.to_string().trim_start_matches("r#") == name.as_str()
                })
            })
        };
        let open = match &item.fields {
            syn::Fields::Named(named) => named.brace_token.span.open().byte_range().end,
            _ => return,
        };
        let mut after = open;
        for field in &wanted.fields {
            match (
                field_of(&field.column),
                found.fields.iter().find(|one| one.column == field.column),
            ) {
                (Some(existing), Some(one)) => {
                    if is_whole || one != field {
                        self.field(file, existing, field, one);
                    }
                    after = self.end_of_part(file, existing.span().byte_range().end);
                }
                (Some(existing), None) => {
                    after = self.end_of_part(file, existing.span().byte_range().end);
                }
                (None, _) => {
                    let new = indented(&field_text(field), 4);
                    let separator = if self.text(file)[..after].trim_end().ends_with([',', '{']) {
                        ""
                    } else {
                        ","
                    };
                    self.edit(file, after..after, format!("{separator}\n{new}"));
                }
            }
        }
        for one in &found.fields {
            if wanted.fields.iter().any(|field| field.column == one.column) {
                continue;
            }
            if let Some(existing) = field_of(&one.column) {
                self.delete_part(file, existing.span().byte_range());
            }
        }
    }

    fn field(&mut self, file: usize, existing: &syn::Field, wanted: &FieldText, found: &FieldText) {
        const KEPT: [&str; 3] = ["renamed_from", "using", "backfill"];
        let at = existing.vis.span().byte_range();
        let at = if at.is_empty() {
            existing.ident.as_ref().map_or(at.start, |ident| ident.span().byte_range().start)
        } else {
            at.start
        };
        self.attributes(file, &existing.attrs, &wanted.words, &KEPT, at, false);
        if wanted.ty != found.ty {
            self.edit(file, existing.ty.span().byte_range(), wanted.ty.clone());
        }
    }

    /// Puts words in the place of the `#[dbkit(..)]` of an item or a field; `at` is where its own tokens begin.
    fn attributes(
        &mut self,
        file: usize,
        attributes: &[Attribute],
        words: &[Word],
        kept: &[&str],
        at: usize,
        is_item: bool,
    ) {
        let text = self.text(file);
        let indent = text[..at].len() - text[..at].trim_end_matches(' ').len();
        let own: Vec<&Attribute> =
            attributes.iter().filter(|one| one.path().is_ident("dbkit")).collect();
        let mut words = words.to_vec();
        for attribute in &own {
            let Meta::List(list) = &attribute.meta else { continue };
            for (word, range) in pieces(&list.tokens) {
                if kept.contains(&word.as_str()) {
                    words.push(Word::plain(&text[range]));
                }
            }
        }
        let new = attributes_at(&words, is_item, indent);
        let Some((first, rest)) = own.split_first() else {
            if !new.is_empty() {
                self.edit(file, at..at, format!("{new}\n{}", " ".repeat(indent)));
            }
            return;
        };
        let whole = |attribute: &Attribute| {
            let range = attribute.span().byte_range();
            let rest = &text[range.end..];
            let blank = rest.len() - rest.trim_start().len();
            range.start..range.end + blank
        };
        let mut gone: Vec<Range<usize>> = rest.iter().map(|one| whole(one)).collect();
        let first_range = first.span().byte_range();
        if new.is_empty() {
            gone.push(whole(first));
        } else if text[first_range.clone()] != new {
            self.edit(file, first_range, new);
        }
        for range in gone {
            self.edit(file, range, "");
        }
    }

    /// The end of a field or a variant, with its comma.
    fn end_of_part(&self, file: usize, end: usize) -> usize {
        let rest = &self.text(file)[end..];
        let blank = rest.len() - rest.trim_start().len();
        if rest[blank..].starts_with(',') { end + blank + 1 } else { end }
    }

    /// Takes a field away, with its line.
    fn delete_part(&mut self, file: usize, range: Range<usize>) {
        let end = self.end_of_part(file, range.end);
        let text = self.text(file);
        let start = text[..range.start].trim_end_matches([' ', '\t']).len();
        // A comment at the end of the line is about the field.
        let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let is_comment = text[end..line_end].trim_start().starts_with("//");
        let is_alone = text[end..line_end].trim().is_empty() || is_comment;
        let end = if is_alone && text[..start].ends_with('\n') {
            (line_end + 1).min(text.len())
        } else {
            end
        };
        self.edit(file, start..end, "");
    }

    /// The enums; the text of those that are new.
    fn enums(&mut self) -> Vec<String> {
        let mut new = Vec::new();
        for wanted in self.wanted.enums.clone() {
            let found = self.found.enums.iter().find(|found| found.name == wanted.name).cloned();
            match (found, self.index.enums.get(&wanted.name)) {
                (None, None) => new.push(enum_item(&wanted)),
                (Some(found), _) if found == wanted => {}
                (Some(found), Some((place, item))) => self.enum_type(&wanted, &found, place, item),
                (None, Some(_)) | (Some(_), None) => {
                    self.merged.left.push(format!("enum `{}`", wanted.name));
                }
            }
        }
        for found in self.found.enums.clone() {
            if self.wanted.enums.iter().any(|wanted| wanted.name == found.name) {
                continue;
            }
            match self.index.enums.get(&found.name) {
                Some((place, _)) => self.delete_item(place),
                None => self.merged.left.push(format!("enum `{}`", found.name)),
            }
        }
        new
    }

    fn enum_type(&mut self, wanted: &EnumText, found: &EnumText, place: &Place, item: &ItemEnum) {
        let file = place.file;
        if wanted.words != found.words {
            const KEPT: [&str; 4] = ["renamed_from", "crate", "rename_all", "removed"];
            let at = item.vis.span().byte_range();
            let at =
                if at.is_empty() { item.enum_token.span().byte_range().start } else { at.start };
            self.attributes(file, &item.attrs, &wanted.words, &KEPT, at, true);
        }
        let values = |variants: &[VariantText]| {
            variants.iter().map(|variant| variant.value.clone()).collect::<Vec<_>>()
        };
        if values(&wanted.variants) == values(&found.variants) {
            return;
        }
        let text = self.text(file);
        let names = self.index.values.get(&wanted.name).cloned().unwrap_or_default();
        let existing = |value: &str| {
            let name = names.get(value)?;
            item.variants.iter().find(|variant| variant.ident == name)
        };
        let lines: Vec<String> = wanted
            .variants
            .iter()
            .map(|variant| match existing(&variant.value) {
                Some(found) => format!("    {},\n", &text[found.span().byte_range()]),
                None => indented(&variant_text(variant), 4) + "\n",
            })
            .collect();
        let inside = item.brace_token.span.open().byte_range().end
            ..item.brace_token.span.close().byte_range().start;
        self.edit(file, inside, format!("\n{}", lines.concat()));
    }

    /// What stands in `objects!`; a block with what is new, where there is none to put it into.
    fn objects(&mut self) -> Vec<String> {
        let by_key = |written: &Written| -> BTreeMap<String, Word> {
            written.objects.iter().map(|word| (key(word), word.clone())).collect()
        };
        let (wanted, found) = (by_key(&self.wanted), by_key(&self.found));
        let mut new = Vec::new();
        for word in self.wanted.objects.clone() {
            let key = key(&word);
            match (found.get(&key), self.index.objects.get(&key)) {
                (Some(old), _)
                    if whole(old, &self.found.files) == whole(&word, &self.wanted.files) => {}
                (_, Some(place)) => {
                    let (word, sql) = at_path(word, &self.wanted.files, place.path.as_deref());
                    self.merged.sql.extend(sql);
                    let indent = 4;
                    let text = word.laid_out(indent);
                    if self.text(place.place.file)[place.place.range.clone()] != text {
                        self.edit(place.place.file, place.place.range.clone(), text);
                    }
                }
                (Some(_), None) => self.merged.left.push(key),
                (None, None) => {
                    let (word, sql) = at_path(word, &self.wanted.files, None);
                    self.merged.sql.extend(sql);
                    new.push(word);
                }
            }
        }
        for key in found.keys().filter(|key| !wanted.contains_key(*key)) {
            match self.index.objects.get(key) {
                Some(place) => {
                    let range = place.place.range.clone();
                    self.delete_part(place.place.file, range);
                }
                // A namespace goes with the last table in it.
                None if key.starts_with("schema ") => {}
                None => self.merged.left.push(key.clone()),
            }
        }
        if new.is_empty() {
            return Vec::new();
        }
        match self.index.blocks.iter().rev().find(|block| block.file == self.home) {
            Some(block) => {
                let text = self.text(block.file);
                let inside = text[block.range.clone()].trim_end();
                let at = block.range.start + inside.len();
                let separator = if inside.is_empty() || inside.ends_with(',') { "" } else { "," };
                let lines: Vec<String> =
                    new.iter().map(|word| format!("\n    {},", word.laid_out(4))).collect();
                self.edit(block.file, at..at, format!("{separator}{}", lines.concat()));
                Vec::new()
            }
            None => vec![print::block(&new)],
        }
    }

    /// Puts items at the end of the file, before the test that stands there.
    fn append(&mut self, items: &[String]) {
        if items.is_empty() {
            return;
        }
        let text = self.text(self.home);
        let tail = text.find("\ndbkit::assert_schema!").map(|at| {
            let before = &text[..at];
            let line = before.rfind('\n').map_or(0, |at| at + 1);
            if before[line..].starts_with("//") { line } else { at + 1 }
        });
        let items = items.join("\n");
        match tail {
            Some(at) => self.edit(self.home, at..at, format!("{items}\n")),
            None => {
                let gap = match text {
                    "" => "",
                    text if text.ends_with('\n') => "\n",
                    _ => "\n\n",
                };
                self.edit(self.home, text.len()..text.len(), format!("{gap}{items}"));
            }
        }
    }

    fn finish(mut self) -> Merged {
        // Of two at one place the first stays the first.
        self.edits.sort_by_key(|edit| (edit.file, edit.range.start));
        for (at, file) in self.files.iter().enumerate() {
            let mut text = String::with_capacity(file.text.len());
            let mut end = 0;
            for edit in self.edits.iter().filter(|edit| edit.file == at) {
                if edit.range.start < end {
                    continue;
                }
                text.push_str(&file.text[end..edit.range.start]);
                text.push_str(&edit.text);
                end = edit.range.end;
            }
            text.push_str(&file.text[end..]);
            self.merged.files.push(SourceFile { path: file.path.clone(), text });
        }
        let unique: BTreeSet<String> = std::mem::take(&mut self.merged.left).into_iter().collect();
        self.merged.left = unique.into_iter().collect();
        self.merged
    }
}

fn indented(text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    // Literals over several lines are rare here, and more blanks in SQL do no harm that a comparison would not find.
    text.trim_end().lines().map(|line| format!("{space}{line}")).collect::<Vec<_>>().join("\n")
}

/// What kind of thing a word of `objects!` is, and its name: `trigger "touch" on "posts"`.
fn key(word: &Word) -> String {
    let Word::List(name, parts) = word else { return word.flat() };
    let first = parts.first().map(Word::flat).unwrap_or_default();
    let on = parts.iter().map(Word::flat).find(|part| part.starts_with("on = "));
    match on {
        Some(on) => format!("{name} {first} {on}"),
        None => format!("{name} {first}"),
    }
}

/// A word with the text of its file in place of the path.
fn whole(word: &Word, files: &BTreeMap<String, String>) -> String {
    let mut text = word.flat();
    for (path, sql) in files {
        let named = format!("file = {}", literal(path));
        if text.contains(&named) {
            text = text.replace(
                &named,
                &format!("sql = {}", literal(sql.trim_end().trim_end_matches(';'))),
            );
        }
    }
    text
}

/// A word, and the files that it names; the SQL stands at the path where it stood before, if it stood in a file.
fn at_path(
    word: Word,
    files: &BTreeMap<String, String>,
    path: Option<&str>,
) -> (Word, BTreeMap<String, String>) {
    let Word::List(name, mut parts) = word else { return (word, BTreeMap::new()) };
    let mut sql = BTreeMap::new();
    for part in &mut parts {
        let Word::Plain(text) = &*part else { continue };
        let Some((word, value)) = text.split_once(" = ") else { continue };
        if !matches!(word, "sql" | "file" | "create" | "create_file" | "drop" | "drop_file") {
            continue;
        }
        let Ok(value) = syn::parse_str::<syn::LitStr>(value).map(|value| value.value()) else {
            continue;
        };
        let is_file = word.ends_with("file");
        let content =
            if is_file { files.get(&value).cloned() } else { Some(format!("{value};\n")) };
        let Some(content) = content else { continue };
        match path.filter(|_| matches!(word, "sql" | "file")) {
            Some(path) => {
                sql.insert(path.to_owned(), content);
                *part = Word::assign("file", path);
            }
            None if is_file => {
                sql.insert(value, content);
            }
            None => {}
        }
    }
    (Word::List(name, parts), sql)
}
