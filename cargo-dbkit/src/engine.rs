//! The pure engine, as the commands use it: structs in, plans and texts out. Files are read here, nothing is written.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use dbkit_build::write::MigrationTexts;
use dbkit_schema::delta::Delta;
use dbkit_schema::diagnostic::{Diagnostic, Span};
use dbkit_schema::dialect::{self, Comparison, Direction};
use dbkit_schema::diff;
use dbkit_schema::model::{DialectName, EntityId, EntityKind, Hints, Rename, Schema};
use dbkit_schema::plan::{self, Batch, Kept};
use dbkit_schema::rust;
use dbkit_schema::rust::write::plain;

use crate::project::{Project, Target};
use crate::report::Report;
use crate::scratch::{self, ScratchFlags, Site, SqlFile};
use crate::sources::Sources;
use crate::{Failure, sources, spelling};

/// What the structs say.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) schema: Schema,
    pub(crate) hints: Hints,
    pub(crate) places: Places,
    /// The files that were read.
    pub(crate) files: Vec<String>,
}

/// Where things stand in the code. Most runs never ask, so the files are read for it when a message does.
#[derive(Debug, Default)]
pub(crate) struct Places {
    files: Sources,
    options: Option<rust::Options>,
    found: OnceCell<BTreeMap<EntityId, Span>>,
}

impl Places {
    fn all(&self) -> &BTreeMap<EntityId, Span> {
        self.found.get_or_init(|| {
            let Some(options) = &self.options else { return BTreeMap::new() };
            let options = rust::Options { wants_origins: true, ..options.clone() };
            let mut origins = rust::read(&self.files.in_package, &options).origins;
            // The reader knows paths in the package; people know them from where they are.
            for span in origins.values_mut() {
                self.files.show(span);
            }
            origins
        })
    }
}

impl Code {
    /// Whether something stands in the code.
    pub(crate) fn has(&self, entity: &EntityId) -> bool {
        self.places.all().contains_key(entity)
    }

    /// Points a diagnostic at the place where something stands in the code; at its table, if it is not there itself.
    pub(crate) fn at(&self, problem: Diagnostic, entity: &EntityId, text: &str) -> Diagnostic {
        let table = EntityId::object(
            if matches!(entity.kind, EntityKind::EnumValue) {
                EntityKind::Enum
            } else {
                EntityKind::Table
            },
            entity.object.clone(),
        );
        let places = self.places.all();
        match places.get(entity).or_else(|| places.get(&table)) {
            Some(span) => problem.at(span.clone(), text),
            None => problem,
        }
    }
}

/// Reads the structs of a database, and the SQL files beside them. Warnings are drawn; any error ends it, after all of them are known.
pub(crate) fn read_code(
    project: &Project,
    target: &Target,
    report: &mut Report,
) -> Result<Code, Failure> {
    read_code_on(project, target, None, report)
}

/// The same; SQL files are read by this server, else by the one that DBKIT_SCRATCH_URL or the target names.
pub(crate) fn read_code_on(
    project: &Project,
    target: &Target,
    site: Option<&Site>,
    report: &mut Report,
) -> Result<Code, Failure> {
    let files = sources::read(project, target, report)?;
    let code = read_files(project, target, files, site, report)?;
    let tables = spelling::count(code.schema.tables.len(), "table");
    report.status("Reading", format_args!("{} ({tables})", few(&code.files)));
    Ok(code)
}

/// Reads files that are in memory.
pub(crate) fn read_files(
    project: &Project,
    target: &Target,
    files: Sources,
    site: Option<&Site>,
    report: &mut Report,
) -> Result<Code, Failure> {
    let mut options = rust::Options {
        features: target.features.clone(),
        doc_comments: target.doc_comments,
        texts: files.texts.clone(),
        ..rust::Options::new(target.dialect)
    };
    let mut reading = rust::read(&files.in_package, &options);
    if !reading.wanted.is_empty() {
        // The code names files, which are known only now.
        let wanted: Vec<(String, Span)> = reading
            .wanted
            .iter()
            .filter(|(path, _)| !files.texts.contains_key(path))
            .cloned()
            .collect();
        let (mut texts, problems) = sources::read_wanted(project, &wanted, report);
        texts.extend(files.texts.clone());
        options.texts = texts;
        reading = rust::read(&files.in_package, &options);
        reading.diagnostics.extend(problems);
    }
    let rust::Reading { schema, hints, origins: _, wanted: _, mut diagnostics } = reading;
    for problem in &mut diagnostics {
        for label in &mut problem.labels {
            files.show(&mut label.span);
        }
        if let Some(fix) = &mut problem.fix {
            files.show(&mut fix.span);
        }
    }
    if diagnostics.iter().any(Diagnostic::is_error) {
        let count = diagnostics.iter().filter(|problem| problem.is_error()).count();
        return Err(Failure::problems(diagnostics)
            .summary(format!("{} in the structs", spelling::count(count, "mistake"))));
    }
    report.diagnostics(&diagnostics);
    let (shown, sql) = (files.shown(), files.sql.clone());
    let places = Places { files, options: Some(options), found: OnceCell::new() };
    let mut code = Code { schema, hints, places, files: shown };
    if !sql.is_empty() {
        code.schema = with_sql(&code, target, &sql, site)?;
    }
    code.schema = target.filters.apply(code.schema, target.dialect);
    Ok(code)
}

/// The structs, and what SQL files make on top of them. What the files leave alone stays as the structs say it, because only a server says
/// it in its own words.
fn with_sql(
    code: &Code,
    target: &Target,
    sql: &[SqlFile],
    site: Option<&Site>,
) -> Result<Schema, Failure> {
    let scratch_url = std::env::var("DBKIT_SCRATCH_URL").ok();
    let site = match site {
        Some(site) if site.server.is_some() => site.clone(),
        _ => ScratchFlags { scratch_url }.site(target)?,
    };
    let spoken = dialect::named(target.dialect);
    let structs = SqlFile {
        path: "the structs".to_owned(),
        text: {
            compare(&Schema::default(), code, &Hints::default(), target.dialect)?;
            creation(&code.schema, target.dialect)
        },
    };
    let read = |files: &[SqlFile]| -> Result<Schema, Diagnostic> {
        let files = [std::slice::from_ref(&structs), files].concat();
        Ok(plain(spoken.normalize(scratch::read(target.dialect, &site, &files)?.schema)))
    };
    let (without, with) = (read(&[])?, read(sql)?);
    let mut schema = spoken.normalize(code.schema.clone());
    put(&mut schema.namespaces, &without.namespaces, with.namespaces);
    put(&mut schema.enums, &without.enums, with.enums);
    put(&mut schema.sequences, &without.sequences, with.sequences);
    put(&mut schema.tables, &without.tables, with.tables);
    put(&mut schema.objects, &without.objects, with.objects);
    Ok(schema)
}

/// Puts what differs between two maps into a third one.
fn put<K: Ord, V: PartialEq>(
    into: &mut BTreeMap<K, V>,
    before: &BTreeMap<K, V>,
    after: BTreeMap<K, V>,
) {
    into.retain(|key, _| !before.contains_key(key) || after.contains_key(key));
    for (key, value) in after {
        if before.get(&key) != Some(&value) {
            into.insert(key, value);
        }
    }
}

/// Up to three names, and how many there are beside them.
fn few(names: &[String]) -> String {
    match names {
        [one, two, three, rest @ ..] if !rest.is_empty() => {
            format!("{one}, {two}, {three} and {} more", rest.len())
        }
        all => all.join(", "),
    }
}

/// Plans the way from one schema to another. What the dialect does not have is a problem before anything is planned.
pub(crate) fn compare(
    from: &Schema,
    code: &Code,
    hints: &Hints,
    dialect: DialectName,
) -> Result<Comparison, Failure> {
    check(code, dialect)?;
    Ok(dialect::compare(from, &code.schema, hints, dialect::named(dialect)))
}

/// What the dialect does not have is a problem before anything is planned.
pub(crate) fn check(code: &Code, dialect: DialectName) -> Result<(), Failure> {
    let unsupported: Vec<Diagnostic> = dialect::named(dialect)
        .check(&code.schema)
        .into_iter()
        .map(|found| {
            let problem = code.at(Diagnostic::error("DBK0023", found.message), &found.entity, "");
            match found.help {
                Some(help) => problem.help(help),
                None => problem,
            }
        })
        .collect();
    if unsupported.is_empty() { Ok(()) } else { Err(Failure::problems(unsupported)) }
}

/// Has every batch copy what it drops; `stamps` tells the copies of one from those of another.
pub(crate) fn keep(
    from: &Schema,
    batches: &mut [Batch],
    stamps: &[String],
    dialect: DialectName,
) -> Vec<Vec<Kept>> {
    let capabilities = dialect::named(dialect).capabilities();
    let mut before = Cow::Borrowed(from);
    let mut kept = Vec::new();
    for (batch, stamp) in batches.iter_mut().zip(stamps) {
        let (_, after) = diff::delta(&before, &batch.changes);
        kept.push(plan::keep(&before, batch, stamp, capabilities));
        before = Cow::Owned(after);
    }
    kept
}

/// The texts of every batch of a plan: the way, the way back, the change. `kept` has what each of them keeps; none, if it is empty.
pub(crate) fn texts(
    from: &Schema,
    batches: &[Batch],
    hints: &Hints,
    kept: &[Vec<Kept>],
    dialect: DialectName,
) -> Vec<MigrationTexts> {
    let dialect = dialect::named(dialect);
    let mut before = Cow::Borrowed(from);
    let mut texts = Vec::new();
    for (at, batch) in batches.iter().enumerate() {
        let (delta, after) = diff::delta(&before, &batch.changes);
        let kept = kept.get(at).map(Vec::as_slice).unwrap_or_default();
        let changes = delta.to_text();
        // It holds the whole of what was changed, and the way back needs the room.
        drop(delta);
        let up = dialect::script(std::slice::from_ref(batch), Direction::Up, dialect);
        let way_back =
            dialect::way_back_keeping(&after, &before, &batch.changes, hints, kept, dialect);
        let down = dialect::script(&way_back.plan.batches, Direction::Down(batch), dialect);
        texts.push(MigrationTexts { up: up.text, down: Some(down.text), changes: Some(changes) });
        before = Cow::Owned(after);
    }
    texts
}

/// The statements that make a schema from nothing.
pub(crate) fn creation(schema: &Schema, dialect: DialectName) -> String {
    creation_scripts(schema, dialect).join("\n")
}

/// The same as scripts, each of which can be a transaction if its directives say nothing else.
pub(crate) fn creation_scripts(schema: &Schema, dialect: DialectName) -> Vec<String> {
    let dialect = dialect::named(dialect);
    let plan = dialect::compare(&Schema::default(), schema, &Hints::default(), dialect).plan;
    let scripts = plan
        .batches
        .iter()
        .map(|batch| dialect::script(std::slice::from_ref(batch), Direction::Up, dialect).text);
    scripts.collect()
}

/// A schema from nothing as one migration: the way, the way back, the change.
pub(crate) fn whole(schema: &Schema, dialect: DialectName) -> MigrationTexts {
    let (empty, none) = (Schema::default(), Hints::default());
    let dialect = dialect::named(dialect);
    let batches = dialect::compare(&empty, schema, &none, dialect).plan.batches;
    let changes: Vec<diff::Change> =
        batches.iter().flat_map(|batch| batch.changes.iter().cloned()).collect();
    let (delta, after) = diff::delta(&empty, &changes);
    let up = dialect::script(&batches, Direction::Up, dialect);
    let back = dialect::way_back(&after, &empty, &changes, &none, dialect).plan.batches;
    // Nothing is lost on the way from nothing.
    let down = match batches.first() {
        Some(first) => dialect::script(&back, Direction::Down(first), dialect).text,
        None => dialect::script(&back, Direction::Up, dialect).text,
    };
    MigrationTexts { up: up.text, down: Some(down), changes: Some(delta.to_text()) }
}

/// The statements of a plan as a client's shell takes them.
pub(crate) fn client_script(batches: &[Batch], dialect: DialectName) -> String {
    let spoken = dialect::named(dialect);
    let mut text = String::new();
    for batch in batches {
        let statements =
            dialect::script(std::slice::from_ref(batch), Direction::Up, spoken).statements;
        for statement in statements {
            let has_body = dialect == DialectName::Mysql && statement.sql.contains(';');
            if has_body {
                text.push_str(&format!("DELIMITER $$\n{}$$\nDELIMITER ;\n\n", statement.sql));
            } else {
                text.push_str(&format!("{};\n\n", statement.sql));
            }
        }
    }
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Every entity of a schema, in the form of changes.json.
pub(crate) fn schema_json(schema: &Schema) -> String {
    let empty = Schema::default();
    Delta::between(&empty, &empty, Vec::new(), schema).to_text()
}

/// What a rename is about, by its new name, and the old name.
pub(crate) fn renamed(rename: &Rename) -> (EntityId, String) {
    match rename {
        Rename::Namespace { from, to } => (
            EntityId::object(EntityKind::Namespace, dbkit_schema::model::ObjectName::new(to)),
            from.clone(),
        ),
        Rename::Table { from, to } => (EntityId::table(to), from.to_string()),
        Rename::Column { table, from, to } => (EntityId::column(table, to), from.clone()),
        Rename::Enum { from, to } => {
            (EntityId::object(EntityKind::Enum, to.clone()), from.to_string())
        }
        Rename::EnumValue { name, from, to } => {
            (EntityId::member(EntityKind::EnumValue, name, to), from.clone())
        }
        Rename::Sequence { from, to } => {
            (EntityId::object(EntityKind::Sequence, to.clone()), from.to_string())
        }
        Rename::Constraint { table, from, to } => {
            (EntityId::member(EntityKind::Unique, table, to), from.clone())
        }
        Rename::Index { table, from, to } => {
            (EntityId::member(EntityKind::Index, table, to), from.clone())
        }
        Rename::Object { from, to } => (to.clone(), from.to_string()),
    }
}
