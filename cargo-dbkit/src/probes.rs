//! Asks the rows of a database what could stop a plan.

use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::{Diagnostic, Severity};
use dbkit_schema::dialect::Probe;
use serde_json::json;

use crate::Context;

/// Asks the rows; says what it found, and gives back what would stop the plan.
pub(crate) fn ask(
    context: &mut Context<'_>,
    driver: &mut dyn Driver,
    probes: &[Probe],
) -> Vec<Diagnostic> {
    let mut stops = Vec::new();
    for probe in probes {
        // A probe that cannot be asked says nothing; the plan itself will.
        let Ok(rows) = driver.query(&probe.count) else { continue };
        let count: u64 = rows
            .into_iter()
            .flatten()
            .flatten()
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        if count == 0 {
            continue;
        }
        let keys: Vec<String> = probe
            .sample
            .as_ref()
            .and_then(|sql| driver.query(sql).ok())
            .unwrap_or_default()
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        let such_as =
            if keys.is_empty() { String::new() } else { format!(", such as {}", keys.join(", ")) };
        context.report.object(
            "probe",
            json!({ "entity": probe.entity.to_string(), "finding": probe.finding, "count": count, "sample": keys, "stops": probe.stops }),
        );
        let message = format!("{}: {count}{such_as}", probe.finding);
        if probe.stops {
            stops.push(
                Diagnostic::error("DBK0406", message)
                    .note("they would stop the plan in the middle")
                    .help("mend the rows first, or say what they get (`--backfill`, `#[dbkit(using = \"..\")]`)"),
            );
        } else {
            context.report.note(message);
        }
    }
    stops
}

/// The same for a plan that is only written now: what would stop it is said, and is no failure.
pub(crate) fn warn(context: &mut Context<'_>, driver: &mut dyn Driver, probes: &[Probe]) -> usize {
    let stops = ask(context, driver, probes);
    for stop in &stops {
        let warning = Diagnostic { severity: Severity::Warning, ..stop.clone() };
        context.report.diagnostic(&warning);
    }
    stops.len()
}
