//! What must hold for any schemas. A failure prints its seed; `ARBTEST_SEED`-like replays are `arbtest(..).seed(0x..)`.

use arbitrary::{Result, Unstructured};
use dbkit_schema::delta::{Delta, collisions, fold};
use dbkit_schema::dialect::{self, ALL};
use dbkit_schema::diff::{self, apply};
use dbkit_schema::model::{
    Check, Column, ColumnType, DefaultValue, EnumType, Extra, ForeignKey, Hints, Index, IndexPart,
    MatchType, Name, ObjectName, PrimaryKey, ReferentialAction, Rename, Schema, Table, Unique,
};

fn table_name(number: usize) -> ObjectName {
    ObjectName::new(format!("t{number}"))
}

fn schema(input: &mut Unstructured<'_>) -> Result<Schema> {
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
            schema.tables.insert(table.name.clone(), table);
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
    table.columns.push(Column::new("id", ColumnType::big_integer()));
    table.primary_key =
        Some(PrimaryKey::new(Name::implicit(format!("{}_pkey", name.name)), vec!["id".to_owned()]));
    if input.arbitrary()? {
        table.columns.push(Column::new("parent", ColumnType::big_integer()).nullable());
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
        table.columns.push(made);
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
fn hints(input: &mut Unstructured<'_>) -> Result<Hints> {
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

/// The same schema with the columns of every table sorted: their order is no difference.
fn sorted(mut schema: Schema) -> Schema {
    for table in schema.tables.values_mut() {
        table.columns.sort_by(|one, other| one.name.cmp(&other.name));
    }
    schema
}

#[test]
fn folding_the_deltas_gives_the_schema() {
    arbtest::arbtest(|input| {
        let mut state = Schema::default();
        let mut deltas = Vec::new();
        for _ in 0..3 {
            let (to, hints) = (schema(input)?, hints(input)?);
            let found = diff::diff(&state, &to, &hints);
            let (delta, after) = diff::delta(&state, &found.changes);
            let text = delta.to_text();
            assert_eq!(Delta::from_text(&text, "changes.json").as_ref(), Ok(&delta), "{text}");
            assert_eq!(
                sorted(after.clone()),
                sorted(found.target),
                "the changes lead to the target"
            );
            deltas.push(delta);
            state = after;
        }
        assert_eq!(fold(&deltas).map_err(|conflicts| format!("{conflicts:?}")), Ok(state));
        Ok(())
    })
    .budget_ms(1500);
}

#[test]
fn a_delta_is_invertible() {
    arbtest::arbtest(|input| {
        let (from, to, hints) = (schema(input)?, schema(input)?, hints(input)?);
        let (delta, after) = diff::delta(&from, &diff::diff(&from, &to, &hints).changes);
        let mut state = after;
        delta.inverse().apply(&mut state).unwrap_or_else(|conflicts| panic!("{conflicts:?}"));
        assert_eq!(state, from);
        Ok(())
    })
    .budget_ms(1000);
}

#[test]
fn branches_that_do_not_collide_commute() {
    arbtest::arbtest(|input| {
        let (base, left, right) = (schema(input)?, schema(input)?, schema(input)?);
        let delta =
            |to: &Schema| diff::delta(&base, &diff::diff(&base, to, &Hints::default()).changes).0;
        let (left, right) = (delta(&left), delta(&right));
        if !collisions([&left], [&right]).is_empty() {
            return Ok(());
        }
        let in_order = |first: &Delta, second: &Delta| {
            let mut state = base.clone();
            first.apply(&mut state).unwrap_or_else(|conflicts| panic!("{conflicts:?}"));
            second.apply(&mut state).unwrap_or_else(|conflicts| panic!("{conflicts:?}"));
            sorted(state)
        };
        assert_eq!(in_order(&left, &right), in_order(&right, &left));
        Ok(())
    })
    .budget_ms(1000);
}

#[test]
fn a_delta_that_does_not_fit_names_both_migrations() {
    let table = |ty: &str| {
        let mut schema = Schema::default();
        let mut table = Table::new(table_name(0));
        table.columns.push(Column::new("a", ty.parse().expect("a type")));
        schema.tables.insert(table.name.clone(), table);
        schema
    };
    let delta = |from: &Schema, to: &Schema| {
        diff::delta(from, &diff::diff(from, to, &Hints::default()).changes).0
    };
    let empty = Schema::default();
    let deltas = [
        delta(&empty, &table("text")),
        delta(&table("text"), &table("bigint")),
        delta(&table("text"), &table("date")),
    ];
    let conflicts = fold(&deltas).expect_err("the third expects what the second changed");
    assert_eq!((conflicts[0].migration, conflicts[0].other), (2, Some(1)));
    assert_eq!(conflicts[0].conflict.entity.to_string(), "t0.a");
}

#[test]
fn after_a_plan_the_next_one_is_empty_in_every_dialect() {
    arbtest::arbtest(|input| {
        let (from, to, hints) = (schema(input)?, schema(input)?, hints(input)?);
        for dialect in ALL {
            let from = dialect.normalize(from.clone());
            let comparison = dialect::compare(&from, &to, &hints, dialect);
            let mut state = from;
            for batch in &comparison.plan.batches {
                state = apply(state, &batch.changes);
                for step in &batch.steps {
                    assert!(
                        !dialect.render(step).is_empty(),
                        "{} cannot write {:?}",
                        dialect.name(),
                        step.action
                    );
                }
            }
            let again = dialect::compare(&state, &to, &Hints::default(), dialect);
            assert_eq!(again.diff.changes, [], "{}", dialect.name());
        }
        Ok(())
    })
    .budget_ms(2000);
}
