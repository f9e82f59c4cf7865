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
use dbkit_schema::plan::Batch;
use dbkit_schema::rust;

use crate::project::{Project, Target};
use crate::report::Report;
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
    /// A schema without code.
    pub(crate) fn of(schema: Schema) -> Self {
        Self { schema, hints: Hints::default(), places: Places::default(), files: Vec::new() }
    }

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

/// Reads the structs of a database. Warnings are drawn; any error ends it, after all of them are known.
pub(crate) fn read_code(
    project: &Project,
    target: &Target,
    report: &mut Report,
) -> Result<Code, Failure> {
    let files = sources::read(project, target, report)?;
    let mut options = rust::Options {
        features: target.features.clone(),
        doc_comments: target.doc_comments,
        ..rust::Options::new(target.dialect)
    };
    let mut reading = rust::read(&files.in_package, &options);
    if !reading.wanted.is_empty() {
        // The code names files, which are known only now.
        let (texts, problems) = sources::read_wanted(project, &reading.wanted, report);
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
    let tables = spelling::count(schema.tables.len(), "table");
    let shown: Vec<String> = files.shown();
    report.status("Reading", format_args!("{} ({tables})", few(&shown)));
    let places = Places { files, options: Some(options), found: OnceCell::new() };
    Ok(Code { schema, hints, places, files: shown })
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

/// The texts of every batch of a plan: the way, the way back, the change.
pub(crate) fn texts(
    from: &Schema,
    batches: &[Batch],
    hints: &Hints,
    dialect: DialectName,
) -> Vec<MigrationTexts> {
    let dialect = dialect::named(dialect);
    let mut before = Cow::Borrowed(from);
    let mut texts = Vec::new();
    for batch in batches {
        let (delta, after) = diff::delta(&before, &batch.changes);
        let up = dialect::script(std::slice::from_ref(batch), Direction::Up, dialect);
        let way_back = dialect::way_back(&after, &before, hints, dialect);
        let down = dialect::script(&way_back.plan.batches, Direction::Down(batch), dialect);
        texts.push(MigrationTexts {
            up: up.text,
            down: Some(down.text),
            changes: Some(delta.to_text()),
        });
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
    let back = dialect::way_back(&after, &empty, &none, dialect).plan.batches;
    // Nothing is lost on the way from nothing.
    let down = match batches.first() {
        Some(first) => dialect::script(&back, Direction::Down(first), dialect).text,
        None => dialect::script(&back, Direction::Up, dialect).text,
    };
    MigrationTexts { up: up.text, down: Some(down), changes: Some(delta.to_text()) }
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
