//! A few lines of text for a schema, so that a test shows both sides. Only for tests; mistakes in it panic.
//!
//! ```text
//! namespace shop
//! enum mood = sad, happy
//! sequence counter
//! table users # a comment
//!   id bigint identity
//!   name text? = 'nobody' collate C
//!   total integer generated(price * amount)
//!   at timestamptz = now
//!   number bigint = {nextval('counter')}
//!   pk users_pkey(id)
//!   unique users_name_key(name) deferred
//!   fk users_mood_fkey(mood_id) -> moods(id) on delete cascade
//!   check users_name_check(name <> '')
//!   unique index users_name_index(name desc, {lower(name)}) using btree where name <> ''
//! ```

use crate::dialect::{self, Dialect, Direction};
use crate::diff;
use crate::model::{
    Check, Column, ColumnType, DefaultValue, Deferrable, EntityId, EnumType, Extra, ForeignKey,
    Generated, GeneratedKind, Hints, Identity, IdentityKind, Index, IndexPart, IndexTarget,
    MatchType, Name, Namespace, NullsOrder, ObjectName, PrimaryKey, ReferentialAction, Rename,
    Schema, Sequence, SequenceOptions, SortOrder, Table, Unique,
};

/// What `generate` would write: open decisions, then every migration with its way back.
pub(crate) fn migrations(
    dialect: &dyn Dialect,
    before: &str,
    after: &str,
    hint_lines: &str,
) -> String {
    let nothing = Schema::default();
    let start = dialect::compare(&nothing, &schema(before), &Hints::default(), dialect);
    let mut before = start.diff.target;
    let hints = hints(hint_lines);
    let plan = dialect::compare(&before, &schema(after), &hints, dialect).plan;
    let mut text = String::new();
    for decision in &plan.decisions {
        let allow = decision.allow.as_deref().unwrap_or("nothing allows it");
        text.push_str(&format!("? {} [{}, {allow}]\n", decision.message, decision.code));
    }
    for batch in &plan.batches {
        let after = diff::apply(before.clone(), &batch.changes);
        let up = dialect::script(std::slice::from_ref(batch), Direction::Up, dialect);
        let back = dialect::way_back(&after, &before, &batch.changes, &hints, dialect);
        let down = dialect::script(&back.plan.batches, Direction::Down(batch), dialect);
        text.push_str(&format!("== up\n{}== down\n{}", up.text, down.text));
        before = after;
    }
    text
}

/// Takes away the indentation that a text has because it stands in code.
pub(crate) fn unindent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let depth = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut plain: Vec<&str> =
        lines.iter().map(|line| line.get(depth..).unwrap_or_default()).collect();
    if plain.last().is_some_and(|line| line.trim().is_empty()) {
        plain.pop();
    }
    plain.iter().map(|line| format!("{line}\n")).collect()
}

/// Reads hints: `column users.name = title`, `table a = b`, `backfill users.email = ''`, `removed mood.sad = ok`, ..
pub(crate) fn hints(text: &str) -> Hints {
    let mut hints = Hints::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').expect("a word first");
        let (from, to) = rest.split_once(" = ").expect("from = to");
        let to = to.to_owned();
        let member = || {
            let (object, member) = from.rsplit_once('.').expect("a dotted name");
            (self::object(object), member.to_owned())
        };
        let rename = match word {
            "namespace" => Rename::Namespace { from: from.to_owned(), to },
            "table" => Rename::Table { from: object(from), to: object(&to) },
            "enum" => Rename::Enum { from: object(from), to: object(&to) },
            "sequence" => Rename::Sequence { from: object(from), to: object(&to) },
            "backfill" => {
                let (table, column) = member();
                hints.backfill.insert(EntityId::column(&table, column), to);
                continue;
            }
            "using" => {
                let (table, column) = member();
                hints.using.insert(EntityId::column(&table, column), to);
                continue;
            }
            "removed" => {
                let (name, value) = member();
                hints.removed_values.entry(name).or_default().insert(value, to);
                continue;
            }
            _ => {
                let (table, from) = member();
                match word {
                    "column" => Rename::Column { table, from, to },
                    "value" => Rename::EnumValue { name: table, from, to },
                    "constraint" => Rename::Constraint { table, from, to },
                    "index" => Rename::Index { table, from, to },
                    _ => panic!("`{word}` is no hint"),
                }
            }
        };
        hints.renames.push(rename);
    }
    hints
}

/// Reads a schema.
pub(crate) fn schema(text: &str) -> Schema {
    let mut schema = Schema::default();
    let mut table: Option<Table> = None;
    for line in text.lines() {
        let (line, comment) = match line.split_once(" # ") {
            Some((line, comment)) => (line.trim(), Some(comment.trim().to_owned())),
            None => (line.trim(), None),
        };
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "" => {}
            "namespace" => {
                let namespace =
                    Namespace { name: rest.to_owned(), comment, extra: Extra::default() };
                schema.namespaces.insert(rest.to_owned(), namespace);
            }
            "enum" => {
                let (name, values) = rest.split_once('=').expect("enum name = values");
                let values = values.split(',').map(|value| value.trim().to_owned()).collect();
                let name = object(name);
                schema.enums.insert(
                    name.clone(),
                    EnumType { name, values, comment, extra: Extra::default() },
                );
            }
            "sequence" => {
                let (name, ty) = match rest.split_once(" as ") {
                    Some((name, ty)) => (name, Some(ty.parse().expect("a type"))),
                    None => (rest, None),
                };
                let name = object(name);
                let options = SequenceOptions::default();
                schema.sequences.insert(
                    name.clone(),
                    Sequence { name, ty, options, comment, extra: Extra::default() },
                );
            }
            "table" => {
                if let Some(table) = table.take() {
                    schema.tables.insert(table.name.clone(), table.into());
                }
                let mut started = Table::new(object(rest));
                started.options.comment = comment;
                table = Some(started);
            }
            _ => member(table.as_mut().expect("a table first"), word, rest, comment),
        }
    }
    if let Some(table) = table {
        schema.tables.insert(table.name.clone(), table.into());
    }
    schema
}

fn object(text: &str) -> ObjectName {
    text.trim().parse().expect("a name")
}

fn member(table: &mut Table, word: &str, rest: &str, comment: Option<String>) {
    match word {
        "pk" => {
            let (name, columns, options) = call(rest);
            let deferrable = deferrable(options);
            table.primary_key = Some(PrimaryKey {
                name,
                columns: list(columns),
                include: Vec::new(),
                is_temporal: false,
                deferrable,
                extra: Extra::default(),
            });
        }
        "unique" if !rest.starts_with("index ") => {
            let (name, columns, options) = call(rest);
            let unique = Unique {
                extra: Extra::default(),
                columns: list(columns),
                include: Vec::new(),
                is_temporal: false,
                nulls_not_distinct: options.contains("nulls not distinct"),
                deferrable: deferrable(options),
                name,
            };
            table.uniques.insert(unique.name.text.clone(), unique);
        }
        "fk" => {
            let (name, columns, target) = call(rest);
            let (references, referenced, options) =
                call(target.trim().strip_prefix("->").expect("-> target"));
            let action = |event: &str| {
                let after = options.split(event).nth(1).unwrap_or_default().trim();
                if after.starts_with("cascade") {
                    ReferentialAction::Cascade
                } else if after.starts_with("set null") {
                    ReferentialAction::SetNull
                } else {
                    ReferentialAction::NoAction
                }
            };
            let key = ForeignKey {
                extra: Extra::default(),
                columns: list(columns),
                references: object(&references.text),
                referenced_columns: list(referenced),
                on_delete: action("on delete"),
                set_columns: Vec::new(),
                on_update: action("on update"),
                is_temporal: false,
                match_type: MatchType::Simple,
                deferrable: deferrable(options),
                name,
            };
            table.foreign_keys.insert(key.name.text.clone(), key);
        }
        "check" => {
            let (name, expression, _) = call(rest);
            table.checks.insert(name.text.clone(), Check::new(name, expression));
        }
        "unique" => index(table, rest.strip_prefix("index ").expect("index"), true, comment),
        "index" => index(table, rest, false, comment),
        name => table.columns.push(column(name, rest, comment).into()),
    }
}

/// `name(inside) rest`
fn call(text: &str) -> (Name, &str, &str) {
    let open = text.find('(').expect("a parenthesis");
    let mut depth = 0;
    for (at, sign) in text.char_indices().skip(open) {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && at >= open {
            return (Name::explicit(text[..open].trim()), &text[open + 1..at], &text[at + 1..]);
        }
    }
    panic!("no end of `{text}`");
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_owned()).collect()
}

fn deferrable(options: &str) -> Option<Deferrable> {
    if options.contains("deferred") {
        Some(Deferrable::Deferred)
    } else if options.contains("deferrable") {
        Some(Deferrable::Immediate)
    } else {
        None
    }
}

fn index(table: &mut Table, text: &str, is_unique: bool, comment: Option<String>) {
    let (name, parts, rest) = call(text);
    let mut found = Vec::new();
    let mut parts = parts.trim();
    while !parts.is_empty() {
        let (target, rest) = match parts.strip_prefix('{') {
            Some(expression) => {
                let (expression, rest) = expression.split_once('}').expect("}");
                (IndexTarget::Expression(expression.to_owned()), rest)
            }
            None => {
                let end = parts.find([' ', ',']).unwrap_or(parts.len());
                (IndexTarget::Column(parts[..end].to_owned()), &parts[end..])
            }
        };
        let (options, next) = rest.split_once(',').unwrap_or((rest, ""));
        let mut part = IndexPart::new(target);
        if options.contains("desc") {
            part.order = SortOrder::Descending;
        }
        if options.contains("nulls first") {
            part.nulls = Some(NullsOrder::First);
        } else if options.contains("nulls last") {
            part.nulls = Some(NullsOrder::Last);
        }
        part.opclass =
            options.split_whitespace().find(|word| word.ends_with("_ops")).map(str::to_owned);
        found.push(part);
        parts = next.trim();
    }
    let mut index = Index::new(name, found);
    index.is_unique = is_unique;
    index.comment = comment;
    let (rest, predicate) = match rest.split_once(" where ") {
        Some((rest, predicate)) => (rest, Some(predicate.to_owned())),
        None => (rest, None),
    };
    index.predicate = predicate;
    index.is_concurrent = rest.contains("concurrently");
    index.nulls_not_distinct = rest.contains("nulls not distinct");
    index.method = rest
        .split_once("using ")
        .map(|(_, method)| method.split_whitespace().next().unwrap_or_default().to_owned());
    if let Some((_, include)) = rest.split_once("include(") {
        index.include = list(include.split(')').next().unwrap_or_default());
    }
    table.indexes.insert(index.name.text.clone(), index);
}

fn column(name: &str, text: &str, comment: Option<String>) -> Column {
    // A type may have blanks only inside parentheses.
    let mut depth = 0;
    let end = text.find(|sign| {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        sign == ' ' && depth == 0
    });
    let (ty, mut rest) = text.split_at(end.unwrap_or(text.len()));
    let (ty, is_nullable) = match ty.strip_suffix('?') {
        Some(ty) => (ty, true),
        None => (ty, false),
    };
    let ty: ColumnType = ty.parse().expect("a type");
    let mut column = Column { is_nullable, comment, ..Column::new(name, ty) };
    rest = rest.trim();
    while !rest.is_empty() {
        if let Some(default) = rest.strip_prefix("= ") {
            let (value, next) = default_value(default);
            column.default = Some(value);
            rest = next;
        } else if let Some(next) = rest.strip_prefix("collate ") {
            let (collation, next) = next.split_once(' ').unwrap_or((next, ""));
            column.collation = Some(collation.to_owned());
            rest = next;
        } else if rest.starts_with("generated(") || rest.starts_with("virtual(") {
            let kind = match rest.starts_with("virtual") {
                true => GeneratedKind::Virtual,
                false => GeneratedKind::Stored,
            };
            let (_, expression, next) = call(rest);
            column.generated = Some(Generated { expression: expression.to_owned(), kind });
            rest = next;
        } else {
            let (word, next) = rest.split_once(' ').unwrap_or((rest, ""));
            if let ("unsigned", ColumnType::Integer { is_unsigned, .. }) = (word, &mut column.ty) {
                *is_unsigned = true;
                rest = next.trim();
                continue;
            }
            let kind = match word {
                "identity" => IdentityKind::ByDefault,
                "always" => IdentityKind::Always,
                "serial" => IdentityKind::Serial,
                "autoincrement" => IdentityKind::AutoIncrement,
                _ => panic!("`{word}` in `{text}`"),
            };
            column.identity =
                Some(Box::new(Identity { kind, options: SequenceOptions::default() }));
            rest = next;
        }
        rest = rest.trim();
    }
    column
}

fn default_value(text: &str) -> (DefaultValue, &str) {
    if let Some(quoted) = text.strip_prefix('\'') {
        // Doubled quotes stand for one, as in SQL.
        let marked = quoted.replace("''", "\u{1}\u{1}");
        let end = marked.find('\'').expect("a closing quote");
        let value = marked[..end].replace("\u{1}\u{1}", "'");
        return (DefaultValue::Text(value), &quoted[end + 1..]);
    }
    if let Some(expression) = text.strip_prefix('{') {
        let (expression, rest) = expression.split_once('}').expect("}");
        return (DefaultValue::Expression(expression.to_owned()), rest);
    }
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let value = match word {
        "now" => DefaultValue::Now,
        "true" => DefaultValue::Boolean(true),
        "false" => DefaultValue::Boolean(false),
        number => DefaultValue::Number(number.to_owned()),
    };
    (value, rest)
}
