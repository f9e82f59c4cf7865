//! In what the columns of a domain, a composite or a range type hold their values while the type is made again.

use crate::dialect::postgres::types::{read, spell};
use crate::model::{ColumnType, EntityKind, Object};
use crate::plan::Carry;

use super::{composite, start};

fn name(column: &str) -> String {
    start("").name(column).finish()
}

/// By way of a type: `"a"::text[]::d[]`.
fn by(between: &str, ty: &ColumnType, column: &str) -> Carry {
    let brackets =
        if matches!(ty, ColumnType::Array(_)) || spell(ty).ends_with("[]") { "[]" } else { "" };
    let between = format!("{between}{brackets}");
    Carry {
        down: Some(format!("{}::{between}", name(column))),
        up: Some(format!("{}::{}", name(column), spell(ty))),
        between: read(&between),
    }
}

pub(in crate::dialect::postgres) fn carry(
    from: &Object,
    to: &Object,
    ty: &ColumnType,
    column: &str,
) -> Option<Carry> {
    let plain = |text: &str| {
        let text = text.split(" COLLATE ").next().unwrap_or(text);
        text.split('(').next().unwrap_or(text).trim().to_owned()
    };
    match from.id.kind {
        EntityKind::Domain => {
            let base = |object: &Object| {
                let (_, base) = object.definition.split_once(" AS ")?;
                Some(base.split(" COLLATE ").next().unwrap_or(base).to_owned())
            };
            let (old, new) = (base(from)?, base(to)?);
            // What has the same name with another length is cast as such, everything else by its text.
            if plain(&old) == plain(&new) {
                Some(by(&old, ty, column))
            } else {
                Some(by("text", ty, column))
            }
        }
        EntityKind::RangeType => Some(by("text", ty, column)),
        EntityKind::CompositeType => {
            if !spell(ty).ends_with("[]") {
                return carry_rows(ty, column);
            }
            (composite::names(from) == composite::names(to)).then(|| by("text", ty, column))
        }
        EntityKind::Collation => Some(Carry { between: ty.clone(), down: None, up: None }),
        _ => None,
    }
}

/// Rows go by JSON, so that attributes find themselves by name.
pub(in crate::dialect::postgres) fn carry_rows(ty: &ColumnType, column: &str) -> Option<Carry> {
    let (spelled, column) = (spell(ty), name(column));
    if spelled.ends_with("[]") {
        return None;
    }
    Some(Carry {
        between: ColumnType::JsonBinary,
        down: Some(format!("to_jsonb({column})")),
        up: Some(format!("jsonb_populate_record(NULL::{spelled}, {column})")),
    })
}
