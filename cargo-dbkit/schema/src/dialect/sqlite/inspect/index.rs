//! Reads `CREATE INDEX`. <https://www.sqlite.org/lang_createindex.html>

use crate::model::{Index, IndexPart, IndexTarget, Name, SortOrder, Table};

use super::token::{Kind, Token, inside, split, tokens, written};

/// Reads an index of a table; `None` if it is not understood.
pub(super) fn read(sql: &str, table: &Table) -> Option<Index> {
    let tokens = tokens(sql);
    let is_unique = tokens.get(1)?.is("unique");
    // `CREATE [UNIQUE] INDEX name ON table (`: a name without quotes cannot be `on`.
    let on = tokens.iter().position(|token| token.is("on"))?;
    let name = tokens.get(on.checked_sub(1)?)?;
    let open = on + 2;
    if !tokens.get(open)?.is_sign("(") {
        return None;
    }
    let (list, end) = inside(&tokens, open)?;
    let part = |tokens| index_part(sql, tokens, table);
    let parts = split(list).into_iter().map(part).collect::<Option<_>>()?;
    let mut index = Index::new(Name::explicit(name.text.clone()), parts);
    index.is_unique = is_unique;
    let rest = match &tokens[end..] {
        [rest @ .., last] if last.is_sign(";") => rest,
        rest => rest,
    };
    match rest {
        [] => {}
        [word, predicate @ ..] if word.is("where") => {
            index.predicate = Some(written(sql, predicate).to_owned());
        }
        _ => return None,
    }
    Some(index)
}

/// `name COLLATE x DESC`, or an expression.
fn index_part(sql: &str, tokens: &[Token], table: &Table) -> Option<IndexPart> {
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
    if let [name, word, collated] = tokens
        && name.is_name()
        && word.is("collate")
    {
        collation = Some(collated.text.clone());
        tokens = std::slice::from_ref(name);
    }
    let target = match tokens {
        [] => return None,
        [name] if name.is_name() => {
            let mut columns = table.columns.iter();
            match columns.find(|column| column.name.eq_ignore_ascii_case(&name.text)) {
                Some(column) => IndexTarget::Column(column.name.clone()),
                // The rowid has more than one name.
                None if name.kind == Kind::Word => IndexTarget::Column(name.text.clone()),
                // A text, by mistake.
                None => IndexTarget::Expression(sql[name.range.clone()].to_owned()),
            }
        }
        _ => IndexTarget::Expression(written(sql, tokens).to_owned()),
    };
    Some(IndexPart { order, collation, ..IndexPart::new(target) })
}
