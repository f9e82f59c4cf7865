//! Column types from Rust types, by their names. The derive's output confirms every guess in the compiler.

use syn::{GenericArgument, PathArguments, Type};

use crate::model::{ColumnType, FloatSize, IntegerSize};

/// What a Rust type says about a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guess {
    /// A portable type.
    Known(ColumnType),
    /// A list of something: an array.
    List(Box<Guess>),
    /// A type of the user's own: an enum, a newtype, an alias. The path as written.
    Named(Vec<String>),
    /// A decimal number, which needs a precision.
    Decimal,
    /// Nothing that a column could be.
    Unknown,
}

/// A guess, and whether the type is an `Option`.
pub(crate) fn guess(ty: &Type) -> (Guess, bool) {
    match wrapped(ty, &["Option"]) {
        Some(inner) => (guess_required(inner), true),
        None => (guess_required(ty), false),
    }
}

/// The type inside one of these wrappers.
fn wrapped<'a>(ty: &'a Type, wrappers: &[&str]) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if !wrappers.iter().any(|wrapper| last.ident == wrapper) {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn guess_required(ty: &Type) -> Guess {
    if let Some(inner) = wrapped(ty, &["Box", "Cow", "Rc", "Arc"]) {
        return guess_required(inner);
    }
    if let Some(inner) = wrapped(ty, &["Vec"]) {
        return match guess_required(inner) {
            Guess::Known(ColumnType::Integer { size: IntegerSize::Tiny, is_unsigned: true }) => {
                Guess::Known(ColumnType::Bytes)
            }
            element => Guess::List(Box::new(element)),
        };
    }
    match ty {
        Type::Path(path) => named(path),
        Type::Reference(reference) => guess_required(&reference.elem),
        Type::Array(array) if matches!(&*array.elem, Type::Path(path) if path.path.is_ident("u8")) => {
            Guess::Known(ColumnType::Bytes)
        }
        Type::Slice(slice) if matches!(&*slice.elem, Type::Path(path) if path.path.is_ident("u8")) => {
            Guess::Known(ColumnType::Bytes)
        }
        Type::Paren(paren) => guess_required(&paren.elem),
        Type::Group(group) => guess_required(&group.elem),
        _ => Guess::Unknown,
    }
}

fn named(path: &syn::TypePath) -> Guess {
    let segments = &path.path.segments;
    let last = segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    let in_civil = segments.iter().rev().nth(1).is_some_and(|module| module.ident == "civil");
    let integer = |size, is_unsigned| ColumnType::Integer { size, is_unsigned };
    Guess::Known(match last.as_str() {
        "bool" => ColumnType::Boolean,
        "i8" => integer(IntegerSize::Tiny, false),
        "i16" => integer(IntegerSize::Small, false),
        "i32" => integer(IntegerSize::Regular, false),
        "i64" => integer(IntegerSize::Big, false),
        "u8" => integer(IntegerSize::Tiny, true),
        "u16" => integer(IntegerSize::Small, true),
        "u32" => integer(IntegerSize::Regular, true),
        "u64" => integer(IntegerSize::Big, true),
        "f32" => ColumnType::Float(FloatSize::Single),
        "f64" => ColumnType::Float(FloatSize::Double),
        "String" | "str" => ColumnType::Text,
        "Bytes" => ColumnType::Bytes,
        "Uuid" => ColumnType::Uuid,
        "Decimal" | "BigDecimal" => return Guess::Decimal,
        "Json" | "Value" => ColumnType::JsonBinary,
        "OffsetDateTime" | "Zoned" | "Timestamp" => ColumnType::TimestampTz(None),
        "PrimitiveDateTime" | "NaiveDateTime" => ColumnType::Timestamp(None),
        // chrono's has a zone, jiff's civil one has none.
        "DateTime" if in_civil => ColumnType::Timestamp(None),
        "DateTime" => ColumnType::TimestampTz(None),
        "Date" | "NaiveDate" => ColumnType::Date,
        "Time" | "NaiveTime" => ColumnType::Time(None),
        _ => {
            let names = segments.iter().map(|segment| segment.ident.to_string());
            return Guess::Named(names.collect());
        }
    })
}

/// Names that are near to what a user may have meant.
pub(crate) const KNOWN: [&str; 24] = [
    "bool",
    "i8",
    "i16",
    "i32",
    "i64",
    "u8",
    "u16",
    "u32",
    "u64",
    "f32",
    "f64",
    "String",
    "Uuid",
    "Decimal",
    "Json",
    "Value",
    "OffsetDateTime",
    "PrimitiveDateTime",
    "DateTime",
    "NaiveDateTime",
    "NaiveDate",
    "NaiveTime",
    "Date",
    "Time",
];

#[cfg(test)]
mod tests {
    use super::{Guess, guess};

    fn guessed(text: &str) -> String {
        let Ok(ty) = syn::parse_str(text) else { return "no type".to_owned() };
        match guess(&ty) {
            (Guess::Known(ty), false) => ty.to_string(),
            (Guess::Known(ty), true) => format!("{ty} null"),
            (other, _) => format!("{other:?}"),
        }
    }

    #[test]
    fn types_are_known_by_their_last_name() {
        assert_eq!(guessed("i64"), "bigint");
        assert_eq!(guessed("std::option::Option<std::string::String>"), "text null");
        assert_eq!(guessed("Vec<u8>"), "bytes");
        assert_eq!(guessed("[u8; 16]"), "bytes");
        assert_eq!(guessed("Cow<'static, str>"), "text");
        assert_eq!(guessed("chrono::DateTime<Utc>"), "timestamptz");
        assert_eq!(guessed("jiff::civil::DateTime"), "timestamp");
        assert_eq!(guessed("Json<Settings>"), "jsonb");
        assert_eq!(guessed("Vec<String>"), "List(Known(Text))");
        assert_eq!(guessed("Mood"), "Named([\"Mood\"])");
        assert_eq!(guessed("(i32, i32)"), "Unknown");
    }
}
