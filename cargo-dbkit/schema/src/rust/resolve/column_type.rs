//! The type of a column, by its field.

use crate::model::{ColumnType, DialectName, IntegerSize};
use crate::rust::item::{FieldItem, TableItem, TypeItem};
use crate::rust::problem::Problem;
use crate::rust::types::{Guess, KNOWN, guess};

use super::found::{Found, ambiguous, find};
use super::{In, Resolver, enum_name};

impl Resolver<'_> {
    /// The types of a table's columns, field by field, without complaints: those come when the table itself is resolved.
    pub(super) fn columns_of(&self, table: &In<TableItem>) -> Vec<Option<ColumnType>> {
        table.item.fields.iter().map(|field| self.column_type(field).ok()).collect()
    }

    pub(super) fn column_type(&self, field: &FieldItem) -> Result<ColumnType, Box<Problem>> {
        let mut ty = match &field.ty_item {
            Some(choice) => match choice.of(self.options.dialect) {
                Some(TypeItem::Portable(ty)) => array_of(ty, &field.ty),
                Some(TypeItem::Sql(sql)) => portable_word(sql),
                // Said for other dialects only.
                None => self.guess(&field.ty)?,
            },
            None => self.guess(&field.ty)?,
        };
        if field.is_unsigned
            && let ColumnType::Integer { is_unsigned, .. } = &mut ty
        {
            *is_unsigned = true;
        }
        Ok(ty)
    }

    fn guess(&self, ty: &syn::Type) -> Result<ColumnType, Box<Problem>> {
        self.resolve_guess(&guess(ty).0, ty, 0)
    }

    fn resolve_guess(
        &self,
        guessed: &Guess,
        ty: &syn::Type,
        depth: usize,
    ) -> Result<ColumnType, Box<Problem>> {
        let span = syn::spanned::Spanned::span(ty);
        let unknown = |message: String| {
            Problem::new(span, "DBK0107", message)
                .label("not known as a column")
                .help("say what the column is: `#[dbkit(type = \"..\")]`, or give the type `#[derive(DbEnum)]` or `#[derive(DbType)]`")
        };
        match guessed {
            Guess::Known(ColumnType::Integer { size, is_unsigned: true }) if self.options.dialect != DialectName::Mysql => {
                // The next larger signed type holds every value; there is none for 8 bytes.
                match size {
                    IntegerSize::Tiny => Ok(ColumnType::integer(IntegerSize::Small)),
                    IntegerSize::Small => Ok(ColumnType::integer(IntegerSize::Regular)),
                    IntegerSize::Medium | IntegerSize::Regular => Ok(ColumnType::big_integer()),
                    IntegerSize::Big => Err(Box::new(
                        Problem::new(span, "DBK0107", format!("{} has no column for `u64`", self.options.dialect.title()))
                            .label("no signed type is large enough")
                            .help("use `i64`, or say what the column is: `#[dbkit(numeric(20, 0))]`"),
                    )),
                }
            }
            Guess::Known(ty) => Ok(ty.clone()),
            Guess::List(element) => Ok(ColumnType::Array(Box::new(self.resolve_guess(element, ty, depth)?))),
            Guess::Decimal => Err(Box::new(
                Problem::new(span, "DBK0115", "a decimal column needs its number of digits")
                    .label("how many digits?")
                    .help("add `#[dbkit(numeric(12, 2))]`: twelve digits, two of them after the point"),
            )),
            Guess::Named(path) => {
                let last = path.last().map(String::as_str).unwrap_or_default();
                match find(path, self.enums.iter().map(|item| (&item.module, &item.item.rust_name.value))) {
                    Found::One(at) => return Ok(ColumnType::Enum(enum_name(&self.enums[at].item))),
                    Found::Many(candidates) => return Err(Box::new(ambiguous(span, last, &candidates))),
                    Found::None => {}
                }
                let inner = match find(path, self.types.iter().map(|item| (&item.module, &item.item.rust_name.value))) {
                    Found::One(at) => Some(&self.types[at].item.ty),
                    Found::Many(candidates) => return Err(Box::new(ambiguous(span, last, &candidates))),
                    Found::None => self.aliases.get(last),
                };
                match inner {
                    Some(inner) if depth < 16 => {
                        self.resolve_guess(&guess(inner).0, inner, depth + 1).map_err(|problem| Box::new(Problem { span, ..*problem }))
                    }
                    _ => {
                        let own = self.enums.iter().map(|item| item.item.rust_name.value.as_str());
                        let own = own.chain(self.types.iter().map(|item| item.item.rust_name.value.as_str())).chain(KNOWN);
                        let problem = unknown(format!("`{last}` is no type that a column can have"));
                        Err(Box::new(match crate::rust::problem::nearest(last, own) {
                            Some(_) => {
                                let own = self.enums.iter().map(|item| item.item.rust_name.value.as_str());
                                let own = own.chain(self.types.iter().map(|item| item.item.rust_name.value.as_str())).chain(KNOWN);
                                problem.suggest(last, own, "type")
                            }
                            None => problem,
                        }))
                    }
                }
            }
            Guess::Unknown => Err(Box::new(unknown("this type is none that a column can have".to_owned()))),
        }
    }
}

/// `varchar` on a `Vec<String>` is an array of that.
fn array_of(ty: &ColumnType, rust: &syn::Type) -> ColumnType {
    match guess(rust).0 {
        Guess::List(_) => ColumnType::Array(Box::new(ty.clone())),
        _ => ty.clone(),
    }
}

/// SQL that is a portable type by another way of writing stays portable, so that `type = "timestamptz"` equals `timestamptz`.
pub(crate) fn portable_word(sql: &str) -> ColumnType {
    let sql = sql.trim();
    if let Some(element) = sql.strip_suffix("[]") {
        return ColumnType::Array(Box::new(portable_word(element)));
    }
    match sql.parse::<ColumnType>() {
        // `sql(..)` is dbkit's own way to say that a word is not to be taken for a portable one.
        Ok(ColumnType::Custom(inner)) => ColumnType::Custom(inner),
        Ok(ColumnType::Enum(_)) => ColumnType::Custom(sql.to_owned()),
        Ok(ty) => ty,
        Err(_) => match sql {
            "int" => ColumnType::integer(IntegerSize::Regular),
            "double precision" => ColumnType::Float(crate::model::FloatSize::Double),
            "bytea" => ColumnType::Bytes,
            "timestamp with time zone" => ColumnType::TimestampTz(None),
            "timestamp without time zone" => ColumnType::Timestamp(None),
            other => ColumnType::Custom(other.to_owned()),
        },
    }
}

/// Whether a column of one type can point to one of another, if both are one type in Rust.
pub(crate) fn can_point(own: &ColumnType, other: &ColumnType, dialect: DialectName) -> bool {
    // SQLite has whole numbers of one size, by several names.
    let is_integer = |ty: &ColumnType| matches!(ty, ColumnType::Integer { .. });
    own == other || (dialect == DialectName::Sqlite && is_integer(own) && is_integer(other))
}
