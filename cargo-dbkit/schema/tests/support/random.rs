//! Random schemas, shared by the properties of the pure engine and by the pairs that are tried on real databases.
#![allow(dead_code, reason = "each test file uses a part of it")]

use arbitrary::{Result, Unstructured};
use dbkit_schema::model::{
    Check, Column, ColumnType, DefaultValue, DialectName, EntityId, EntityKind, EnumType, Extra,
    ForeignKey, Generated, GeneratedKind, Hints, Identity, IdentityKind, Index, IndexPart,
    IndexTarget, MatchType, Name, Object, ObjectName, PrimaryKey, ReferentialAction, Rename,
    Schema, SequenceOptions, SortOrder, Table, Unique, Uses,
};

pub(crate) fn table_name(number: usize) -> ObjectName {
    ObjectName::new(format!("t{number}"))
}

/// A schema of what all dialects have.
pub(crate) fn schema(input: &mut Unstructured<'_>) -> Result<Schema> {
    let mut schema = Schema::default();
    for number in 0..2 {
        if input.arbitrary()? {
            let values = ["a", "b", "c", "d"]
                .iter()
                .filter(|_| input.ratio(2, 3).unwrap_or(true))
                .map(|value| (*value).to_owned());
            let mut values: Vec<String> = values.collect();
            values.push("z".to_owned());
            let name = ObjectName::new(format!("e{number}"));
            schema.enums.insert(
                name.clone(),
                EnumType { name, values, comment: None, extra: Extra::default() },
            );
        }
    }
    let enums: Vec<ObjectName> = schema.enums.keys().cloned().collect();
    for number in 0..4 {
        if input.ratio(2, 3)? {
            let table = table(input, number, &enums)?;
            schema.tables.insert(table.name.clone(), table.into());
        }
    }
    // Foreign keys to the keys of tables that are there.
    let names: Vec<ObjectName> = schema.tables.keys().cloned().collect();
    for name in &names {
        let target = input.choose(&names)?.clone();
        let Some(table) = schema.tables.get_mut(name) else { continue };
        if table.column("parent").is_some() && input.arbitrary()? {
            let key = ForeignKey {
                extra: Extra::default(),
                name: Name::implicit(format!("{}_parent_fkey", name.name)),
                set_columns: Vec::new(),
                is_temporal: false,
                columns: vec!["parent".to_owned()],
                references: target,
                referenced_columns: vec!["id".to_owned()],
                on_delete: *input
                    .choose(&[ReferentialAction::NoAction, ReferentialAction::Cascade])?,
                on_update: ReferentialAction::NoAction,
                match_type: MatchType::Simple,
                deferrable: None,
            };
            table.foreign_keys.insert(key.name.text.clone(), key);
        }
    }
    Ok(schema)
}

fn table(input: &mut Unstructured<'_>, number: usize, enums: &[ObjectName]) -> Result<Table> {
    let name = table_name(number);
    let mut table = Table::new(name.clone());
    table.columns.push(Column::new("id", ColumnType::big_integer()).into());
    table.primary_key =
        Some(PrimaryKey::new(Name::implicit(format!("{}_pkey", name.name)), vec!["id".to_owned()]));
    if input.arbitrary()? {
        table.columns.push(Column::new("parent", ColumnType::big_integer()).nullable().into());
    }
    for column in ["a", "b", "c", "d"] {
        if !input.ratio(2, 3)? {
            continue;
        }
        let types = ["integer", "bigint", "text", "varchar(20)", "varchar(40)", "boolean", "date"];
        let mut ty: ColumnType = input.choose(&types)?.parse().expect("a type");
        if let (Some(name), true) = (enums.first(), input.ratio(1, 5)?) {
            ty = ColumnType::Enum(name.clone());
        }
        let mut made = Column::new(column, ty);
        made.is_nullable = input.arbitrary()?;
        if made.ty == ColumnType::integer(dbkit_schema::model::IntegerSize::Regular)
            && input.arbitrary()?
        {
            made.default = Some(DefaultValue::Number("7".to_owned()));
        }
        let is_text = matches!(made.ty, ColumnType::Varchar(_));
        table.columns.push(made.into());
        if is_text && input.ratio(1, 3)? {
            let unique = Unique::new(
                Name::implicit(format!("{}_{column}_key", name.name)),
                vec![column.to_owned()],
            );
            table.uniques.insert(unique.name.text.clone(), unique);
        }
        if is_text && input.ratio(1, 3)? {
            let mut index = Index::new(
                Name::implicit(format!("{}_{column}_idx", name.name)),
                vec![IndexPart::column(column)],
            );
            index.is_unique = input.arbitrary()?;
            table.indexes.insert(index.name.text.clone(), index);
        }
        if is_text && input.ratio(1, 4)? {
            let check = Check::new(
                Name::explicit(format!("{}_{column}_c", name.name)),
                format!("{column} <> 'x'"),
            );
            table.checks.insert(check.name.text.clone(), check);
        }
    }
    Ok(table)
}

/// Renames that may or may not fit; those that do not are not used.
pub(crate) fn hints(input: &mut Unstructured<'_>) -> Result<Hints> {
    let mut hints = Hints::default();
    if input.ratio(1, 3)? {
        hints.renames.push(Rename::Table {
            from: table_name(input.choose_index(4)?),
            to: table_name(input.choose_index(4)?),
        });
    }
    for _ in 0..input.choose_index(3)? {
        let columns = ["a", "b", "c", "d"];
        hints.renames.push(Rename::Column {
            table: table_name(input.choose_index(4)?),
            from: (*input.choose(&columns)?).to_owned(),
            to: (*input.choose(&columns)?).to_owned(),
        });
    }
    // Two renames of one thing, or to one name, are no answer that anybody could give.
    let mut kept: Vec<Rename> = Vec::new();
    for rename in hints.renames {
        let clashes = kept.iter().any(|other| match (other, &rename) {
            (
                Rename::Column { table, from, to },
                Rename::Column { table: second, from: old, to: new },
            ) => table == second && (from == old || to == new),
            _ => false,
        });
        if !clashes {
            kept.push(rename);
        }
    }
    Ok(Hints { renames: kept, ..Hints::default() })
}

/// A schema with what one dialect has beside that.
pub(crate) fn rich_schema(input: &mut Unstructured<'_>, dialect: DialectName) -> Result<Schema> {
    let mut schema = schema(input)?;
    let mut objects = Vec::new();
    for table in schema.tables.values_mut().map(|table| &mut **table) {
        enrich(input, dialect, table)?;
        if input.ratio(1, 4)? {
            objects.push(view(input, table)?);
        }
        if dialect == DialectName::Sqlite && input.ratio(1, 6)? {
            let name = format!("{}_touched", table.name.name);
            let id = EntityId::member(EntityKind::Trigger, &table.name, name.as_str());
            let text = format!(
                "CREATE TRIGGER {name} AFTER INSERT ON {0} BEGIN UPDATE {0} SET id = id WHERE id = NEW.id; END",
                table.name
            );
            objects.push(object(id, text, [EntityId::table(&table.name)]));
        }
    }
    schema.objects.extend(objects.into_iter().map(|object| (object.id.clone(), object)));
    Ok(schema)
}

fn object(id: EntityId, definition: String, uses: impl IntoIterator<Item = EntityId>) -> Object {
    let uses = Uses(uses.into_iter().collect());
    Object { id, definition, extra: Extra { uses, ..Extra::default() } }
}

fn view(input: &mut Unstructured<'_>, table: &Table) -> Result<Object> {
    let mut columns = Vec::new();
    for column in &table.columns {
        if column.name == "id" || input.arbitrary()? {
            columns.push(column.name.as_str());
        }
    }
    let id = EntityId::object(EntityKind::View, ObjectName::new(format!("{}_seen", table.name)));
    let text =
        format!("CREATE VIEW {} AS SELECT {} FROM {}", id.object, columns.join(", "), table.name);
    let uses = columns.iter().map(|column| EntityId::column(&table.name, *column));
    Ok(object(id, text, uses.chain([EntityId::table(&table.name)])))
}

fn enrich(input: &mut Unstructured<'_>, dialect: DialectName, table: &mut Table) -> Result<()> {
    let name = table.name.clone();
    let is_sqlite = dialect == DialectName::Sqlite;
    if input.ratio(1, 3)? {
        let kind = match dialect {
            DialectName::Postgres => IdentityKind::ByDefault,
            _ => IdentityKind::AutoIncrement,
        };
        table.columns[0].identity =
            Some(Box::new(Identity { kind, options: SequenceOptions::default() }));
    } else if is_sqlite && input.ratio(1, 6)? {
        table.options.is_without_rowid = true;
    }
    if input.ratio(1, 4)? {
        let integer: ColumnType = "integer".parse().expect("a type");
        table.columns.push(Column::new("n", integer.clone()).nullable().into());
        let kind = match dialect {
            DialectName::Postgres => GeneratedKind::Stored,
            _ => *input.choose(&[GeneratedKind::Stored, GeneratedKind::Virtual])?,
        };
        let mut made = Column::new("g", integer).nullable();
        if input.ratio(5, 6)? {
            let expression = (*input.choose(&["n + 1", "n * 2", "coalesce(n, 0)"])?).to_owned();
            made.generated = Some(Generated { expression, kind });
        }
        table.columns.push(made.into());
    }
    for column in &mut table.columns[1..] {
        let is_varchar = matches!(column.ty, ColumnType::Varchar(_));
        if is_varchar && input.ratio(1, 6)? {
            column.default = Some(DefaultValue::Text("it's".to_owned()));
        }
        if !is_sqlite && input.ratio(1, 8)? {
            column.comment = Some((*input.choose(&["what it is", "it's \\ more"])?).to_owned());
        }
    }
    if !is_sqlite && input.ratio(1, 5)? {
        table.options.comment = Some("a table".to_owned());
    }
    if input.ratio(1, 4)? {
        let check = Check::new(Name::explicit(format!("{}_id_c", name.name)), "id > 0");
        table.checks.insert(check.name.text.clone(), check);
    }
    let short: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !matches!(column.ty, ColumnType::Text))
        .map(|column| column.name.clone())
        .collect();
    if input.ratio(1, 3)? {
        let (one, other) = (input.choose(&short)?.clone(), input.choose(&short)?.clone());
        if one != other {
            let mut parts = vec![IndexPart::column(&one), IndexPart::column(&other)];
            if input.ratio(1, 3)? {
                parts[1].order = SortOrder::Descending;
            }
            let mut index =
                Index::new(Name::implicit(format!("{}_{one}_{other}_idx", name.name)), parts);
            index.is_unique = input.ratio(1, 4)?;
            table.indexes.insert(index.name.text.clone(), index);
        }
    }
    if dialect == DialectName::Mysql {
        return Ok(());
    }
    if input.ratio(1, 5)? {
        let mut index = Index::new(
            Name::explicit(format!("{}_some", name.name)),
            vec![IndexPart::column(input.choose(&short)?)],
        );
        index.predicate = Some("id > 1".to_owned());
        index.is_unique = input.arbitrary()?;
        table.indexes.insert(index.name.text.clone(), index);
    }
    let text = table.columns.iter().find(|column| matches!(column.ty, ColumnType::Varchar(_)));
    if let (Some(column), true) = (text, input.ratio(1, 4)?) {
        let target = IndexTarget::Expression(format!("lower({})", column.name));
        let index = Index::new(
            Name::explicit(format!("{}_lower", name.name)),
            vec![IndexPart::new(target)],
        );
        table.indexes.insert(index.name.text.clone(), index);
    }
    Ok(())
}

/// A schema between two: some tables as they are in the first, some with a column of the second, so that most of it is kept.
pub(crate) fn near(input: &mut Unstructured<'_>, first: &Schema, second: Schema) -> Result<Schema> {
    let mut schema = first.clone();
    schema.enums.extend(second.enums.clone());
    for (name, other) in &second.tables {
        let Some(table) = schema.tables.get_mut(name) else {
            schema.tables.insert(name.clone(), other.clone());
            continue;
        };
        match input.choose_index(4)? {
            0 => {}
            1 => *table = other.clone(),
            _ => {
                let column = input.choose(&other.columns)?.clone();
                let at = table.columns.iter().position(|known| known.name == column.name);
                match at {
                    Some(0) => table.foreign_keys.clear(),
                    Some(at) => table.columns[at] = column,
                    None => table.columns.push(column),
                }
                for (key, index) in other.indexes.iter().chain(&table.indexes.clone()) {
                    if input.arbitrary()? {
                        table.indexes.insert(key.clone(), index.clone());
                    } else {
                        table.indexes.remove(key);
                    }
                }
            }
        }
    }
    if input.ratio(1, 3)? && schema.tables.len() > 1 {
        let names: Vec<ObjectName> = schema.tables.keys().cloned().collect();
        schema.tables.remove(input.choose(&names)?);
    }
    for (id, object) in second.objects {
        if input.arbitrary()? {
            schema.objects.insert(id, object);
        }
    }
    mend(&mut schema);
    Ok(schema)
}

/// Takes out what names something that is not there.
fn mend(schema: &mut Schema) {
    let names: Vec<ObjectName> = schema.tables.keys().cloned().collect();
    for table in schema.tables.values_mut().map(|table| &mut **table) {
        let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let is_there = |name: &str| columns.iter().any(|column| column == name);
        let is_large = |table: &Table, name: &str| {
            table.column(name).is_none_or(|column| column.ty == ColumnType::Text)
        };
        let large: Vec<String> =
            columns.iter().filter(|name| is_large(table, name)).cloned().collect();
        table.foreign_keys.retain(|_, key| {
            names.contains(&key.references) && key.columns.iter().all(|name| is_there(name))
        });
        table.uniques.retain(|_, unique| {
            unique.columns.iter().all(|name| is_there(name) && !large.contains(name))
        });
        table.indexes.retain(|_, index| {
            index.parts.iter().all(|part| match &part.target {
                IndexTarget::Column(name) => is_there(name) && !large.contains(name),
                IndexTarget::Expression(text) => columns.iter().any(|name| {
                    *text == format!("lower({name})")
                        && table.columns.iter().any(|column| {
                            column.name == *name && matches!(column.ty, ColumnType::Varchar(_))
                        })
                }),
            })
        });
        table.checks.retain(|_, check| {
            let name = check.expression.split(' ').next().unwrap_or_default();
            let column = table.columns.iter().find(|column| column.name == name);
            column.is_some_and(|column| {
                column.name == "id" || matches!(column.ty, ColumnType::Varchar(_))
            })
        });
        if !is_there("n") {
            for column in &mut table.columns {
                column.generated = None;
            }
        }
    }
    let tables = &schema.tables;
    schema.objects.retain(|_, object| {
        object.extra.uses.0.iter().all(|used| {
            tables.get(&used.object).is_some_and(|table| {
                used.member.as_deref().is_none_or(|column| table.column(column).is_some())
            })
        })
    });
}
