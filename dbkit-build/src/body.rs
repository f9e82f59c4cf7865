//! Recognises the parts of a statement in which a `;` does not end it: the bodies of triggers and routines.
//!
//! The splitter hands over every token. What opens a body is known by where it stands, not by its word alone: `event`, `begin` and
//! `end` are also good names for columns, and `IF` and `REPEAT` are also functions.

use crate::split::Flavor;

/// What the tokens of one statement have told so far.
#[derive(Debug)]
pub(crate) struct Body {
    flavor: Flavor,
    state: State,
    /// Open blocks of a body.
    blocks: Vec<Block>,
    /// Open parentheses since the last `;`.
    parentheses: usize,
    /// Open `CASE` expressions since the last `;`. Their `END` closes no block.
    case_expressions: usize,
    /// A statement of a body may begin here.
    is_start: bool,
    /// The statement of a body began with `DECLARE`: its handler may be a block.
    is_declare: bool,
    after_dot: bool,
    after_begin: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    /// A transaction, or the `BEGIN NOT ATOMIC` of MariaDB.
    Begin,
    Create,
    /// `CREATE DEFINER = user`: any word may follow before the kind.
    Definer,
    /// `CREATE TRIGGER`, and its name is to come.
    Name,
    /// Between the name and the body.
    Head,
    /// Inside a body.
    Inside,
    /// `CREATE RULE`, whose commands stand in parentheses.
    Rule,
    /// Nothing can hide a semicolon any more.
    Plain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Repeat,
    Other,
}

impl Body {
    pub(crate) fn new(flavor: Flavor) -> Self {
        Self {
            flavor,
            state: State::First,
            blocks: Vec::new(),
            parentheses: 0,
            case_expressions: 0,
            is_start: false,
            is_declare: false,
            after_dot: false,
            after_begin: false,
        }
    }

    /// Forgets everything: the next token begins a statement.
    pub(crate) fn reset(&mut self) {
        // Most statements have left nothing else behind.
        if self.state != State::First {
            self.state = State::First;
            self.blocks.clear();
            self.parentheses = 0;
            self.case_expressions = 0;
            self.is_start = false;
            self.is_declare = false;
            self.after_dot = false;
            self.after_begin = false;
        }
    }

    /// Whether nothing that follows can open a body, so that tokens need not be handed over.
    pub(crate) fn is_plain(&self) -> bool {
        self.state == State::Plain
    }

    /// Whether a `;` is part of the statement.
    pub(crate) fn is_open(&self) -> bool {
        !self.blocks.is_empty() || (self.state == State::Rule && self.parentheses > 0)
    }

    /// A `;` that is part of the statement.
    pub(crate) fn semicolon(&mut self) {
        if self.state == State::Inside {
            self.parentheses = 0;
            self.case_expressions = 0;
            self.is_start = true;
            self.is_declare = false;
        }
        self.after_dot = false;
        self.after_begin = false;
    }

    /// A string or a quoted name.
    pub(crate) fn quote(&mut self) {
        match self.state {
            State::First | State::Create | State::Begin => self.state = State::Plain,
            State::Name => self.state = State::Head,
            _ => {}
        }
        self.no_word();
    }

    /// Any other character.
    pub(crate) fn sign(&mut self, sign: u8) {
        match self.state {
            State::First | State::Create | State::Begin => self.state = State::Plain,
            _ => {}
        }
        self.no_word();
        match sign {
            b'(' => self.parentheses += 1,
            b')' => {
                self.parentheses = self.parentheses.saturating_sub(1);
                // `CREATE PROCEDURE p() IF ..`
                self.is_start = self.parentheses == 0 && self.state == State::Head;
            }
            // After a label.
            b':' => self.is_start = self.parentheses == 0,
            b'.' => self.after_dot = true,
            _ => {}
        }
    }

    fn no_word(&mut self) {
        self.is_start = false;
        self.after_dot = false;
        self.after_begin = false;
    }

    /// A word that is not quoted.
    pub(crate) fn word(&mut self, word: &[u8]) {
        if self.state == State::Plain {
            return;
        }
        let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
        let is_name = self.after_dot || self.parentheses > 0;
        let (is_start, after_begin) = (self.is_start, self.after_begin);
        self.no_word();
        match self.state {
            State::First if is("create") || is("alter") => self.state = State::Create,
            State::First if is("begin") && self.has_compound() => self.state = State::Begin,
            State::First => self.state = State::Plain,
            State::Begin if is("not") => {}
            State::Begin if is("atomic") => self.open(Block::Other),
            State::Begin => self.state = State::Plain,
            State::Create | State::Definer => self.kind(word),
            State::Name if ["if", "not", "exists"].iter().any(|noise| is(noise)) => {}
            State::Name => self.state = State::Head,
            State::Head if is_name => {}
            State::Head => self.head(word, is_start, after_begin),
            State::Inside if is_name => {}
            State::Inside => self.inside(word, is_start),
            State::Rule | State::Plain => {}
        }
    }

    fn has_compound(&self) -> bool {
        matches!(self.flavor, Flavor::Mysql | Flavor::Any)
    }

    /// After `CREATE`: what is created.
    fn kind(&mut self, word: &[u8]) {
        const WITH_BODY: [&str; 4] = ["trigger", "procedure", "function", "event"];
        const BEFORE_KIND: [&str; 8] =
            ["or", "replace", "temp", "temporary", "constraint", "aggregate", "sql", "security"];
        let is = |other: &&str| word.eq_ignore_ascii_case(other.as_bytes());
        self.state = if WITH_BODY.iter().any(is) {
            State::Name
        } else if is(&"rule") && matches!(self.flavor, Flavor::Postgres | Flavor::Any) {
            State::Rule
        } else if is(&"definer") && self.has_compound() {
            State::Definer
        } else if self.state == State::Definer && !is(&"view") || BEFORE_KIND.iter().any(is) {
            self.state
        } else {
            State::Plain
        };
    }

    /// Between the name and the body.
    fn head(&mut self, word: &[u8], is_start: bool, after_begin: bool) {
        let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
        if is("begin") {
            // PostgreSQL has bodies without quotes only as `BEGIN ATOMIC .. END`.
            match self.flavor {
                Flavor::Postgres => self.after_begin = true,
                Flavor::Sqlite | Flavor::Mysql | Flavor::Any => self.open(Block::Other),
            }
        } else if is("atomic") && after_begin {
            self.open(Block::Other);
        } else if is("row") || is("do") {
            // `FOR EACH ROW IF ..`, `ON SCHEDULE .. DO IF ..`
            self.is_start = true;
        } else if is_start && !is("for") && !self.flow(word) && is("case") && self.has_compound() {
            self.open(Block::Other);
        }
    }

    /// Inside of a body.
    fn inside(&mut self, word: &[u8], is_start: bool) {
        let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
        if is("begin") {
            if is_start || self.is_declare {
                self.open(Block::Other);
            }
        } else if is("end") {
            // A block ends where a statement could begin; `REPEAT .. UNTIL condition END REPEAT` is the exception.
            if is_start {
                self.close();
            } else if self.case_expressions > 0 {
                self.case_expressions -= 1;
            } else if self.blocks.last() == Some(&Block::Repeat) {
                self.close();
            }
        } else if is("case") {
            if is_start {
                self.open(Block::Other);
                self.is_start = false;
            } else {
                self.case_expressions += 1;
            }
        } else if is("then") || is("else") || is("do") {
            self.is_start = self.case_expressions == 0;
        } else if is("atomic") {
            self.is_start = true;
        } else if is_start && !self.flow(word) {
            self.is_declare = is("declare");
        }
    }

    /// Opens `IF`, `WHILE` and the like where a statement begins.
    fn flow(&mut self, word: &[u8]) -> bool {
        let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
        if !self.has_compound() {
            return false;
        }
        if is("if") || is("while") || is("for") {
            self.open(Block::Other);
            self.is_start = false;
            return true;
        }
        if is("loop") || is("repeat") {
            self.open(if is("loop") { Block::Other } else { Block::Repeat });
            return true;
        }
        false
    }

    fn open(&mut self, block: Block) {
        self.blocks.push(block);
        self.state = State::Inside;
        self.is_start = true;
    }

    fn close(&mut self) {
        self.blocks.pop();
        if self.blocks.is_empty() {
            self.state = State::Plain;
        }
    }
}
