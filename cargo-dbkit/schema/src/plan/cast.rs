//! What is known about changing one type into another.

use crate::model::{ColumnType, FloatSize, IntegerSize};

/// How values come from one type to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cast {
    /// Every value fits, and a plain cast (or none) does it.
    Safe,
    /// A plain cast does it, but values may be cut off or not fit.
    Lossy,
    /// Only a person knows.
    Unknown,
}

/// What happens to values that go from one type to another.
pub(crate) fn cast(from: &ColumnType, to: &ColumnType) -> Cast {
    use ColumnType::{
        Array, Binary, Boolean, Bytes, Char, Custom, Date, Enum, Float, Integer, Interval, Json,
        JsonBinary, Numeric, Text, Time, Timestamp, TimestampTz, Uuid, Varbinary, Varchar,
    };
    match (from, to) {
        _ if from == to => Cast::Safe,
        (Integer { .. }, Integer { .. }) => fits(range(from) <= range(to) && !loses_sign(from, to)),
        (Integer { .. }, Numeric(None)) => Cast::Safe,
        (Integer { .. }, Numeric(Some((precision, scale)))) => {
            fits(i32::from(*precision) - i32::from(*scale) >= i32::from(digits(from)))
        }
        (Integer { size, .. }, Float(float)) => fits(match float {
            FloatSize::Double => *size != IntegerSize::Big,
            FloatSize::Single => matches!(size, IntegerSize::Tiny | IntegerSize::Small),
        }),
        (Float(FloatSize::Single), Float(FloatSize::Double)) => Cast::Safe,
        (Numeric(_), Numeric(None)) => Cast::Safe,
        (Numeric(Some((old, old_scale))), Numeric(Some((new, new_scale)))) => {
            let whole = |precision: &u16, scale: &i16| i32::from(*precision) - i32::from(*scale);
            fits(new_scale >= old_scale && whole(new, new_scale) >= whole(old, old_scale))
        }
        (Float(_), Float(_) | Integer { .. } | Numeric(_))
        | (Numeric(_), Integer { .. } | Float(_) | Numeric(_)) => Cast::Lossy,
        (Varchar(_) | Char(_) | Enum(_) | Uuid, Text | Varchar(None)) | (Text, Varchar(None)) => {
            Cast::Safe
        }
        (Varchar(Some(old)) | Char(Some(old)), Varchar(Some(new)) | Char(Some(new))) => {
            fits(new >= old)
        }
        (Text | Varchar(_) | Char(_), Varchar(_) | Char(_)) => Cast::Lossy,
        (
            Integer { .. }
            | Numeric(_)
            | Boolean
            | Float(_)
            | Date
            | Time(_)
            | Timestamp(_)
            | TimestampTz(_),
            Text | Varchar(None),
        ) => Cast::Safe,
        (Binary(old), Binary(new) | Varbinary(new)) | (Varbinary(old), Varbinary(new)) => {
            fits(new >= old)
        }
        (Binary(_) | Varbinary(_), Bytes) | (Json, JsonBinary) | (JsonBinary, Json) => Cast::Safe,
        (Json | JsonBinary, Text | Varchar(None)) => Cast::Safe,
        (Timestamp(old), Timestamp(new))
        | (TimestampTz(old), TimestampTz(new))
        | (Time(old), Time(new)) => fits(new.unwrap_or(6) >= old.unwrap_or(6)),
        (Date, Timestamp(_)) => Cast::Safe,
        // The session's time zone decides about the values.
        (Timestamp(_), TimestampTz(_)) | (TimestampTz(_), Timestamp(_)) => Cast::Unknown,
        (Timestamp(_) | TimestampTz(_), Date | Time(_)) => Cast::Lossy,
        (Array(old), Array(new)) => cast(old, new),
        (
            Boolean
            | Integer { .. }
            | Float(_)
            | Numeric(_)
            | Text
            | Varchar(_)
            | Char(_)
            | Bytes
            | Binary(_)
            | Varbinary(_)
            | Uuid
            | Json
            | JsonBinary
            | Date
            | Time(_)
            | Timestamp(_)
            | TimestampTz(_)
            | Interval
            | Enum(_)
            | Array(_)
            | Custom(_),
            _,
        ) => Cast::Unknown,
    }
}

/// Whether PostgreSQL has a cast between two types, be it one that may fail.
pub(crate) fn has_plain_cast(from: &ColumnType, to: &ColumnType) -> bool {
    use ColumnType::{
        Array, Boolean, Char, Custom, Date, Enum, Float, Integer, Interval, Json, JsonBinary,
        Numeric, Text, Time, Timestamp, TimestampTz, Varchar,
    };
    let is_range = |name: &str| name.trim_end_matches("[]").ends_with("range");
    match (from, to) {
        (Array(from), Array(to)) => has_plain_cast(from, to),
        // Anything becomes text, and text anything.
        (Text | Varchar(_) | Char(_), _) | (_, Text | Varchar(_) | Char(_)) => true,
        (Array(_) | Enum(_), _) | (_, Array(_) | Enum(_)) => false,
        (Custom(from), Custom(to)) => !is_range(from) && !is_range(to),
        (Custom(_), _) | (_, Custom(_)) => true,
        (Integer { .. } | Float(_) | Numeric(_), Integer { .. } | Float(_) | Numeric(_)) => true,
        (Boolean, Integer { size: IntegerSize::Regular, .. })
        | (Integer { size: IntegerSize::Regular, .. }, Boolean) => true,
        (Date | Timestamp(_) | TimestampTz(_), Date | Timestamp(_) | TimestampTz(_)) => true,
        (Timestamp(_) | TimestampTz(_), Time(_)) => true,
        (Time(_), Interval) | (Interval, Time(_)) => true,
        (Json | JsonBinary, Json | JsonBinary) => true,
        (JsonBinary, Boolean | Integer { .. } | Float(_) | Numeric(_)) => true,
        _ => false,
    }
}

/// Whether a value that does not fit the smaller type is refused, where no cast is written out (PostgreSQL).
pub(crate) fn is_checked(from: &ColumnType, to: &ColumnType) -> bool {
    use ColumnType::{Char, Integer, Text, Varchar};
    matches!(
        (from, to),
        (Integer { .. }, Integer { .. }) | (Text | Varchar(_) | Char(_), Varchar(_) | Char(_))
    )
}

/// Whether the stored form stays, so that neither the table nor its indexes are written anew (PostgreSQL, measured).
pub(crate) fn is_rewrite_free(from: &ColumnType, to: &ColumnType) -> bool {
    use ColumnType::{Numeric, Text, Time, Timestamp, TimestampTz, Varchar};
    match (from, to) {
        (Varchar(_), Text | Varchar(None))
        | (Text, Varchar(None))
        | (Numeric(_), Numeric(None)) => true,
        (Timestamp(old), Timestamp(new))
        | (TimestampTz(old), TimestampTz(new))
        | (Time(old), Time(new)) => new.unwrap_or(6) >= old.unwrap_or(6),
        (Varchar(Some(old)), Varchar(Some(new))) => new >= old,
        (Numeric(Some((old, old_scale))), Numeric(Some((new, new_scale)))) => {
            old_scale == new_scale && new >= old
        }
        _ => false,
    }
}

fn fits(fits: bool) -> Cast {
    if fits { Cast::Safe } else { Cast::Lossy }
}

fn range(ty: &ColumnType) -> u8 {
    match ty {
        ColumnType::Integer { size: IntegerSize::Tiny, .. } => 1,
        ColumnType::Integer { size: IntegerSize::Small, .. } => 2,
        ColumnType::Integer { size: IntegerSize::Medium, .. } => 3,
        ColumnType::Integer { size: IntegerSize::Regular, .. } => 4,
        _ => 8,
    }
}

fn loses_sign(from: &ColumnType, to: &ColumnType) -> bool {
    match (from, to) {
        (
            ColumnType::Integer { is_unsigned: false, .. },
            ColumnType::Integer { is_unsigned: true, .. },
        ) => true,
        (
            ColumnType::Integer { is_unsigned: true, .. },
            ColumnType::Integer { is_unsigned: false, .. },
        ) => range(from) >= range(to),
        _ => false,
    }
}

fn digits(ty: &ColumnType) -> u8 {
    match range(ty) {
        1 => 3,
        2 => 5,
        3 => 8,
        4 => 10,
        _ => 20,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cast, cast};

    #[test]
    fn what_fits_is_safe_and_what_may_not_is_lossy() {
        let kind = |from: &str, to: &str| match (from.parse(), to.parse()) {
            (Ok(from), Ok(to)) => cast(&from, &to),
            other => panic!("{other:?}"),
        };
        for (from, to) in [
            ("integer", "bigint"),
            ("varchar(10)", "text"),
            ("integer", "text"),
            ("numeric(5,2)", "numeric(9,2)"),
            ("integer[]", "bigint[]"),
        ] {
            assert_eq!(kind(from, to), Cast::Safe, "{from} -> {to}");
        }
        for (from, to) in [
            ("bigint", "integer"),
            ("text", "varchar(10)"),
            ("double", "integer"),
            ("integer", "integer unsigned"),
        ] {
            assert_eq!(kind(from, to), Cast::Lossy, "{from} -> {to}");
        }
        for (from, to) in [
            ("text", "integer"),
            ("text", "timestamptz"),
            ("timestamp", "timestamptz"),
            ("bytes", "text"),
        ] {
            assert_eq!(kind(from, to), Cast::Unknown, "{from} -> {to}");
        }
    }
}
