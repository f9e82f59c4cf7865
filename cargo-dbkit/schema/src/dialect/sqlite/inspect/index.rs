//! Reads `CREATE INDEX`.

use crate::model::{Index, IndexPart, IndexTarget, Name, SortOrder};

use super::token::{Kind, Token, tokens};
use super::{inside, split, written};

/// Reads an index; `None` if it is not understood.
pub(super) fn read(sql: &str) -> Option<Index> {
    let tokens = tokens(sql);
    let is_unique = tokens.get(1)?.is("unique");
    let on = tokens.iter().position(|token| token.is("on"))?;
    let name = tokens.get(on.checked_sub(1)?)?;
    let open = on + 2;
    if !tokens.get(open)?.is_sign("(") {
        return None;
    }
    let (list, end) = inside(&tokens, open)?;
    let parts = split(list).into_iter().map(|part| index_part(sql, part)).collect::<Option<_>>()?;
    let mut index = Index::new(Name::explicit(name.text.clone()), parts);
    index.is_unique = is_unique;
    if tokens.get(end).is_some_and(|token| token.is("where")) {
        let rest: Vec<Token> = tokens[end + 1..].to_vec();
        index.predicate = Some(written(sql, &rest).trim_end_matches(';').trim_end().to_owned());
    }
    Some(index)
}

/// `name COLLATE x DESC`, or an expression.
pub(super) fn index_part(sql: &str, tokens: &[Token]) -> Option<IndexPart> {
    let mut tokens = tokens;
    let mut order = SortOrder::Ascending;
    if let [rest @ .., last] = tokens
        && !rest.is_empty()
        && (last.is("asc") || last.is("desc"))
    {
        if last.is("desc") {
            order = SortOrder::Descending;
        }
        tokens = rest;
    }
    let mut collation = None;
    if let [rest @ .., word, name] = tokens
        && rest.len() == 1
        && word.is("collate")
    {
        collation = Some(name.text.clone());
        tokens = rest;
    }
    let target = match tokens {
        [name] if matches!(name.kind, Kind::Word | Kind::Quoted) => {
            IndexTarget::Column(name.text.clone())
        }
        [] => return None,
        _ => IndexTarget::Expression(written(sql, tokens).to_owned()),
    };
    Some(IndexPart { order, collation, ..IndexPart::new(target) })
}
