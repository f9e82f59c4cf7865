//! What only a person can decide on the way from one schema to another: renames, data losses, values for old rows.
//!
//! It is answered by attributes, by flags, or, if a person is there, by questions. Otherwise nothing goes on, and every
//! answer's flag is named.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect;
use dbkit_schema::diff::{self, Diff};
use dbkit_schema::model::{EntityId, EntityKind, Hints, Schema};
use dbkit_schema::plan::{self, Decision, Plan};
use serde_json::{Value, json};

use crate::ask::{Answer, Question};
use crate::engine::{self, Code};
use crate::project::Target;
use crate::{Context, Exit, Failure, spelling};

/// Flags that answer questions before they are asked.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct AnswerFlags {
    /// It is the same thing under a new name: `users.name=full_name`, `users=people`
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    /// It is gone, with its data, and no rename: `users.name`
    #[arg(long, value_name = "NAME")]
    drop: Vec<String>,
    /// SQL value of a required column for the rows that exist: `users.email=''`
    #[arg(long, value_name = "COLUMN=SQL")]
    backfill: Vec<String>,
    /// Go on in spite of it: `data-loss:users.phone`
    #[arg(long, value_name = "KEY")]
    allow: Vec<String>,
    /// Copy what is dropped first, so that the way back can bring it back; `purge` ends that
    #[arg(long)]
    preserve: bool,
}

/// The way from the migrations to the structs, with the answers so far.
pub(crate) struct Decisions<'a> {
    /// The command that is to be repeated with the answers.
    command: &'static str,
    flags: AnswerFlags,
    name: Option<String>,
    target: &'a Target,
    /// Where things stand; the schema is in `to`.
    code: &'a Code,
    from: &'a Schema,
    /// What the structs say, in the form that the database would give back: `public` is the default namespace, not another one.
    to: Schema,
    pub(crate) hints: Hints,
    dropped: BTreeSet<EntityId>,
    allowed: BTreeSet<String>,
    /// Keys of `--allow` that the plan does not ask for.
    useless: BTreeSet<String>,
    /// What differs, under the answers so far.
    diff: OnceCell<Diff>,
}

impl<'a> Decisions<'a> {
    /// Reads the flags; all mistakes in them at once. What the dialect does not have is a problem before that. Takes the schema out of the code.
    pub(crate) fn new(
        flags: AnswerFlags,
        name: Option<String>,
        target: &'a Target,
        code: &'a mut Code,
        from: &'a Schema,
    ) -> Result<Self, Failure> {
        engine::check(code, target.dialect)?;
        let to = dialect::named(target.dialect).normalize(std::mem::take(&mut code.schema));
        let code: &Code = code;
        let mut problems = Vec::new();
        let mut hints = code.hints.clone();
        // An attribute stays in the code after its migration; only those that still apply count.
        hints.renames = diff::usable(from, &hints.renames).usable;
        // Tables first: a column may be named by its table's new name.
        let mut renames: Vec<&String> = flags.rename.iter().collect();
        renames.sort_by_key(|text| text.split('=').next().unwrap_or_default().contains('.'));
        for text in renames {
            match diff::parse_rename(text, from, &to, &hints.renames) {
                Ok(rename) => {
                    if !hints.renames.contains(&rename) {
                        hints.renames.push(rename);
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        let mut dropped = BTreeSet::new();
        let mut allowed: BTreeSet<String> = flags.allow.iter().cloned().collect();
        for text in &flags.drop {
            match diff::parse_drop(text, from) {
                Ok(entity) => {
                    // Who says that it is gone has said that its data is.
                    allowed.insert(format!("data-loss:{entity}"));
                    dropped.insert(entity);
                }
                Err(problem) => problems.push(problem),
            }
        }
        for text in &flags.backfill {
            match text.split_once('=') {
                None => problems.push(
                    Diagnostic::error("DBK0302", format!("expected `column=SQL` after --backfill, found `{text}`"))
                        .help("such as `--backfill \"users.email=''\"`"),
                ),
                Some((_, sql)) if sql.trim().is_empty() => problems.push(
                    Diagnostic::error("DBK0302", format!("`--backfill {text}` has no value"))
                        .help("an empty text is `''`; the shell takes quotes away: `--backfill \"users.email=''\"`"),
                ),
                Some((column, sql)) => match diff::parse_column(column, &to) {
                    Ok(entity) if is_bare_word(sql, &entity, from) => problems.push(
                        Diagnostic::error("DBK0302", format!("`{}` is no SQL value", sql.trim()))
                            .note("a text stands in single quotes, which the shell takes away when nothing protects them")
                            .help(format!("a text: `--backfill \"{column}='{}'\"`", sql.trim())),
                    ),
                    Ok(entity) => {
                        hints.backfill.insert(entity, sql.trim().to_owned());
                    }
                    Err(problem) => problems.push(problem),
                },
            }
        }
        if problems.is_empty() {
            Ok(Self {
                command: "generate",
                flags,
                name,
                target,
                code,
                from,
                to,
                hints,
                dropped,
                allowed,
                useless: BTreeSet::new(),
                diff: OnceCell::new(),
            })
        } else {
            Err(Failure::problems(problems))
        }
    }

    /// The same for another command.
    #[must_use]
    pub(crate) fn for_command(mut self, command: &'static str) -> Self {
        self.command = command;
        self
    }

    /// The command line so far, so that what is pasted says everything; without keys that allow nothing.
    fn command(&self, more: &str) -> String {
        let mut line = format!("cargo dbkit {}", self.command);
        let flags = &self.flags;
        let mut add = |flag: &str, value: &str| {
            line.push_str(&format!(" {flag} {}", quoted(value)));
        };
        self.name.iter().for_each(|value| add("--name", value));
        flags.rename.iter().for_each(|value| add("--rename", value));
        flags.drop.iter().for_each(|value| add("--drop", value));
        flags.backfill.iter().for_each(|value| add("--backfill", value));
        flags
            .allow
            .iter()
            .filter(|key| !self.useless.contains(*key))
            .for_each(|value| add("--allow", value));
        if flags.preserve {
            line.push_str(" --preserve");
        }
        format!("{line} {more}")
    }

    /// What differs, under the answers so far.
    pub(crate) fn diff(&self) -> &Diff {
        self.diff.get_or_init(|| diff::diff(self.from, &self.to, &self.hints))
    }

    /// Asks what could be a rename, until nothing is open.
    pub(crate) fn answer_questions(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        loop {
            let questions = diff::questions_in(&self.diff().changes, &self.dropped);
            let Some(question) = questions.first() else { return Ok(()) };
            if !context.ask.is_there() {
                return Err(self.open_questions(context, &questions));
            }
            let asked = self.as_question(question);
            let chosen = context.ask.choose(&asked)?;
            match question.candidates.get(chosen) {
                Some(candidate) => {
                    self.hints.renames.push(candidate.rename.clone());
                    self.diff = OnceCell::new();
                    self.flags.rename.push(flag_value(&question.rename_flag(candidate)));
                }
                None => {
                    self.allowed.insert(format!("data-loss:{}", question.removed));
                    self.dropped.insert(question.removed.clone());
                    self.flags.drop.push(question.removed.to_string());
                }
            }
        }
    }

    fn as_question(&self, question: &diff::Question) -> Question {
        let member =
            |entity: &EntityId| entity.member.clone().unwrap_or_else(|| entity.to_string());
        let added: Vec<String> =
            question.candidates.iter().map(|candidate| member(&candidate.added)).collect();
        let place = match question.removed.member {
            Some(_) => format!("`{}`", question.removed.object),
            None => "the schema".to_owned(),
        };
        let mut answers: Vec<Answer> = question
            .candidates
            .iter()
            .map(|candidate| Answer {
                label: format!(
                    "rename   {} -> {}",
                    member(&question.removed),
                    member(&candidate.added)
                ),
                detail: format!("keeps the data   {}", question.rename_flag(candidate)),
            })
            .collect();
        answers.push(Answer {
            label: format!("replace  drop {}, add {}", member(&question.removed), added.join(", ")),
            detail: format!("loses the data   {}", question.drop_flag()),
        });
        Question {
            text: format!(
                "{place} gained {} and lost `{}`. Is it the same {}?",
                spelling::list(&added),
                member(&question.removed),
                question.removed.kind.word()
            ),
            answers,
        }
    }

    /// Nobody is there: every open question with the flags that answer it.
    fn open_questions(&self, context: &mut Context<'_>, questions: &[diff::Question]) -> Failure {
        let mut problems = Vec::new();
        for question in questions {
            let removed =
                question.removed.member.clone().unwrap_or_else(|| question.removed.to_string());
            let mut problem = Diagnostic::error(
                "DBK0301",
                match question.removed.kind {
                    EntityKind::Column => {
                        "cannot tell a rename from a drop without asking".to_owned()
                    }
                    kind => format!(
                        "cannot tell a rename of a {} from a drop without asking",
                        kind.word()
                    ),
                },
            );
            let lost = match &question.removed.member {
                Some(_) => format!("new in `{}`, which lost `{removed}`", question.removed.object),
                None => format!("new, while `{removed}` is gone"),
            };
            let same = question.removed.kind.word();
            for candidate in &question.candidates {
                problem = self.code.at(problem, &candidate.added, &lost);
            }
            for candidate in &question.candidates {
                problem = problem.help(format!(
                    "same {same}:   `{}`",
                    self.command(&question.rename_flag(candidate))
                ));
            }
            problem = problem
                .help(format!("new {same}:    `{}`", self.command(&question.drop_flag())))
                .help(format!(
                    "or for good:   `#[dbkit(renamed_from = \"{removed}\")]` in the code"
                ));
            let answers: Vec<String> = question
                .candidates
                .iter()
                .map(|candidate| question.rename_flag(candidate))
                .chain([question.drop_flag()])
                .collect();
            context.report.object(
                "decision",
                json!({
                    "id": question.id(),
                    "code": "DBK0301",
                    "removed": question.removed.to_string(),
                    "added": question.candidates.iter().map(|one| one.added.to_string()).collect::<Vec<_>>(),
                    "answers": answers,
                }),
            );
            problems.push(problem);
        }
        needed_decisions(problems)
    }

    /// How to get there.
    pub(crate) fn plan(&self) -> Plan {
        let capabilities = dialect::named(self.target.dialect).capabilities();
        let mut plan = plan::plan(self.from, self.diff(), &self.hints, capabilities);
        if self.preserves() {
            let kept = plan::keepable(self.from, &self.diff().changes);
            plan.decisions
                .retain(|decision| decision.code != "DBK0401" || !kept.contains(&decision.entity));
        }
        plan
    }

    /// Whether what is dropped is copied first.
    pub(crate) fn preserves(&self) -> bool {
        self.flags.preserve || self.target.preserve
    }

    /// Asks for what only a person can decide, or names the flags.
    pub(crate) fn decide(
        &mut self,
        context: &mut Context<'_>,
        mut plan: Plan,
    ) -> Result<Plan, Failure> {
        loop {
            let keys: BTreeSet<&str> =
                plan.decisions.iter().filter_map(|decision| decision.allow.as_deref()).collect();
            self.useless = self
                .flags
                .allow
                .iter()
                .filter(|key| !keys.contains(key.as_str()))
                .cloned()
                .collect();
            let mut problems: Vec<Diagnostic> =
                self.useless.iter().map(|key| useless_allow(key, &keys)).collect();
            let is_open = |decision: &&Decision| {
                decision.allow.as_ref().is_none_or(|key| !self.allowed.contains(key))
            };
            let open: Vec<Decision> = plan.decisions.iter().filter(is_open).cloned().collect();
            let Some(first) = open.first() else {
                context.report.diagnostics(&problems);
                return Ok(plan);
            };
            if !context.ask.is_there() {
                for decision in &open {
                    context.report.object("decision", decision_json(decision));
                    problems.push(self.as_problem(decision));
                }
                return Err(needed_decisions(problems));
            }
            self.ask_decision(context, first)?;
            plan = self.plan();
        }
    }

    fn as_problem(&self, decision: &Decision) -> Diagnostic {
        let mut problem = Diagnostic::error(decision.code, &decision.message);
        let gone = match &decision.entity.member {
            Some(member) if !self.code.has(&decision.entity) => {
                format!("`{member}` is no longer here")
            }
            _ => String::new(),
        };
        problem = self.code.at(problem, &decision.entity, &gone);
        if let Some(key) = &decision.allow {
            problem = problem
                .help(format!("allow it: `{}`", self.command(&format!("--allow {}", quoted(key)))));
        }
        for help in &decision.helps {
            problem = problem.help(help);
        }
        problem
    }

    fn ask_decision(
        &mut self,
        context: &mut Context<'_>,
        decision: &Decision,
    ) -> Result<(), Failure> {
        // A column without a value for old rows: the value is the answer.
        let wants_value = decision.helps.iter().any(|help| help.contains("--backfill"));
        if wants_value {
            let sql = context.ask.text(
                &format!(
                    "{}. SQL value for the rows that exist? (--backfill {}=..)",
                    decision.message, decision.entity
                ),
                "''",
            )?;
            if !sql.trim().is_empty() {
                self.hints.backfill.insert(decision.entity.clone(), sql.trim().to_owned());
                self.diff = OnceCell::new();
                self.flags.backfill.push(format!("{}={}", decision.entity, sql.trim()));
                return Ok(());
            }
        } else if let Some(key) = &decision.allow {
            let question = Question {
                text: format!("{}. Go on?", decision.message),
                answers: vec![
                    Answer { label: "no   write nothing".to_owned(), detail: String::new() },
                    Answer { label: "yes  go on".to_owned(), detail: format!("--allow {key}") },
                ],
            };
            if context.ask.choose(&question)? == 1 {
                self.allowed.insert(key.clone());
                return Ok(());
            }
        }
        Err(needed_decisions(vec![self.as_problem(decision)]))
    }
}

/// Whether a value is a word that is neither a column nor a keyword: a text that has lost its quotes.
fn is_bare_word(sql: &str, column: &EntityId, from: &Schema) -> bool {
    const KEYWORDS: [&str; 7] = [
        "true",
        "false",
        "null",
        "current_timestamp",
        "current_date",
        "current_time",
        "current_user",
    ];
    let word = sql.trim();
    let is_word = word.chars().all(|c| c.is_alphanumeric() || c == '_')
        && word.starts_with(|c: char| !c.is_ascii_digit());
    let is_column = || {
        from.tables.get(&column.object).is_some_and(|table| {
            table.columns.iter().any(|known| known.name.eq_ignore_ascii_case(word))
        })
    };
    is_word && !KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) && !is_column()
}

fn needed_decisions(problems: Vec<Diagnostic>) -> Failure {
    let count = problems.iter().filter(|problem| problem.is_error()).count();
    let verb = if count == 1 { "decision is" } else { "decisions are" };
    Failure::problems(problems)
        .exit(Exit::DecisionNeeded)
        .summary(format!("{count} {verb} needed, nothing was written"))
}

fn useless_allow(key: &str, keys: &BTreeSet<&str>) -> Diagnostic {
    let problem =
        Diagnostic::warning("DBK0302", format!("`--allow {key}` is not needed for anything"));
    match spelling::nearest(key, keys.iter().copied()) {
        Some(near) => problem.help(format!("a similar key is: `--allow {near}`")),
        None => problem,
    }
}

fn decision_json(decision: &Decision) -> Value {
    let mut answers: Vec<String> =
        decision.allow.iter().map(|key| format!("--allow {key}")).collect();
    if decision.helps.iter().any(|help| help.contains("--backfill")) {
        answers.push(format!("--backfill {}=SQL", decision.entity));
    }
    json!({
        "id": decision.allow.clone().unwrap_or_else(|| format!("{}:{}", decision.code, decision.entity)),
        "code": decision.code,
        "entity": decision.entity.to_string(),
        "message": decision.message,
        "answers": answers,
        "helps": decision.helps,
    })
}

/// What stands after the flag's name.
fn flag_value(flag: &str) -> String {
    flag.split_once(' ').map_or(flag, |(_, value)| value).to_owned()
}

/// A value as the shell has to see it.
fn quoted(value: &str) -> String {
    let is_plain = value.chars().all(|c| c.is_alphanumeric() || "._-=:/,+@%".contains(c));
    if is_plain && !value.is_empty() {
        value.to_owned()
    } else {
        format!(
            "\"{}\"",
            value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('$', "\\$")
                .replace('`', "\\`")
        )
    }
}
