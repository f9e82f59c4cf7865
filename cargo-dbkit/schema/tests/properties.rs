//! What must hold for any schemas. A failure prints its seed; `ARBTEST_SEED`-like replays are `arbtest(..).seed(0x..)`.

#[path = "support/random.rs"]
mod random;

use dbkit_schema::delta::{Delta, collisions, fold};
use dbkit_schema::dialect::{self, ALL};
use dbkit_schema::diff::{self, apply};
use dbkit_schema::model::{Column, Hints, Schema, Table};

use random::{hints, schema, table_name};

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
        table.columns.push(Column::new("a", ty.parse().expect("a type")).into());
        schema.tables.insert(table.name.clone(), table.into());
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
