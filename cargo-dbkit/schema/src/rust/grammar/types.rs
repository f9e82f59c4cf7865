//! Types of their own: enums, and structs that stand for a type of the database.

use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields};

use super::super::extra::ExtraItem;
use super::super::item::{EnumItem, Spanned, TypeAliasItem, VariantItem};
use super::super::problem::Problem;
use super::{cfgs, is_generic, name, nodes, plain_text, text, unknown};

/// Reads an enum with `#[derive(DbEnum)]`.
pub(crate) fn enum_type(input: &DeriveInput, problems: &mut Vec<Problem>) -> Option<EnumItem> {
    if is_generic(input, problems) {
        return None;
    }
    let Data::Enum(data) = &input.data else {
        problems.push(Problem::new(input.ident.span(), "DBK0114", "`DbEnum` is for an enum"));
        return None;
    };
    let mut item = EnumItem {
        rust_name: Spanned { value: input.ident.to_string(), span: input.ident.span() },
        name: None,
        schema: None,
        renamed_from: None,
        comment: None,
        variants: Vec::new(),
        removed: Vec::new(),
        extra: ExtraItem::default(),
        cfg: cfgs(&input.attrs, problems),
        crate_path: None,
    };
    let mut case = Case::Snake;
    for node in nodes(&input.attrs, problems) {
        match node.word() {
            Some("name") => item.name = text(&node, problems),
            Some("schema") => item.schema = plain_text(&node, problems),
            Some("renamed_from") => item.renamed_from = text(&node, problems),
            Some("comment") => item.comment = plain_text(&node, problems),
            Some("crate") => item.crate_path = plain_text(&node, problems),
            Some("rename_all") => {
                let Some(word) = text(&node, problems) else { continue };
                match Case::named(&word.value) {
                    Some(found) => case = found,
                    None => problems.push(
                        Problem::new(
                            word.span,
                            "DBK0103",
                            format!("`{}` is no way to write names", word.value),
                        )
                        .suggest(&word.value, Case::ALL.iter().map(|(name, _)| *name), "way")
                        .label("not known"),
                    ),
                }
            }
            _ if item.extra.takes(&node, problems) => {}
            Some("removed") => match node.list() {
                [old, new] => {
                    if let (Some(old), Some(new)) = (name(old, problems), name(new, problems)) {
                        item.removed.push((old, new));
                    }
                }
                _ => problems.push(Problem::new(
                    node.span,
                    "DBK0103",
                    "expected `removed(\"old_value\", Variant)`",
                )),
            },
            _ => {
                let words = [
                    "name",
                    "schema",
                    "rename_all",
                    "renamed_from",
                    "removed",
                    "comment",
                    "property",
                    "crate",
                ];
                problems.push(unknown(&node, words, "of an enum"));
            }
        }
    }
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            problems.push(Problem::new(
                variant.span(),
                "DBK0114",
                format!("variant `{}` has fields, and a database enum has none", variant.ident),
            ));
            continue;
        }
        let rust_name = variant.ident.to_string();
        let mut one = VariantItem {
            value: case.apply(&rust_name),
            rust_name: Spanned { value: rust_name, span: variant.ident.span() },
            renamed_from: None,
        };
        for node in nodes(&variant.attrs, problems) {
            match node.word() {
                Some("rename" | "name") => {
                    if let Some(text) = plain_text(&node, problems) {
                        one.value = text;
                    }
                }
                Some("renamed_from") => one.renamed_from = text(&node, problems),
                _ => problems.push(unknown(&node, ["rename", "renamed_from"], "of a variant")),
            }
        }
        item.variants.push(one);
    }
    Some(item)
}

/// Reads a struct with `#[derive(DbType)]`.
pub(crate) fn type_alias(
    input: &DeriveInput,
    problems: &mut Vec<Problem>,
) -> Option<TypeAliasItem> {
    if is_generic(input, problems) {
        return None;
    }
    let field = match &input.data {
        Data::Struct(data) if data.fields.len() == 1 => data.fields.iter().next(),
        _ => None,
    };
    let Some(field) = field else {
        problems.push(Problem::new(
            input.ident.span(),
            "DBK0103",
            "`DbType` is for a struct of one field, stored as what is in it",
        ));
        return None;
    };
    let mut crate_path = None;
    for node in nodes(&input.attrs, problems) {
        match node.word() {
            Some("crate") => crate_path = plain_text(&node, problems),
            _ => problems.push(unknown(&node, ["crate"], "of a type")),
        }
    }
    Some(TypeAliasItem {
        rust_name: Spanned { value: input.ident.to_string(), span: input.ident.span() },
        ty: field.ty.clone(),
        crate_path,
    })
}

/// A way to write the name of a variant.
#[derive(Debug, Clone, Copy)]
enum Case {
    Snake,
    ScreamingSnake,
    Kebab,
    Camel,
    Pascal,
    Lower,
    Upper,
}

impl Case {
    const ALL: [(&'static str, Self); 7] = [
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(word, _)| *word == name).map(|(_, case)| *case)
    }

    fn apply(self, name: &str) -> String {
        match self {
            Self::Snake => snake(name),
            Self::ScreamingSnake => snake(name).to_uppercase(),
            Self::Kebab => snake(name).replace('_', "-"),
            Self::Camel => {
                let mut letters = name.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
            }
            Self::Pascal => name.to_owned(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
        }
    }
}

/// `OrderItem` -> `order_item`, `HTTPServer` -> `http_server`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if letter.is_uppercase() {
            let after_small = at > 0 && !letters[at - 1].is_uppercase() && letters[at - 1] != '_';
            let before_small = at > 0
                && letters[at - 1].is_uppercase()
                && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
            if after_small || before_small {
                text.push('_');
            }
        }
        text.extend(letter.to_lowercase());
    }
    text
}
