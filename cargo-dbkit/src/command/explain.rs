//! `cargo dbkit explain`: the long form of an error code.

use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::{Context, Exit, Failure, explain, spelling};

/// Tell more about an error code
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The code, such as DBK0101; without one, all codes
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let Some(wanted) = self.code else {
            for page in explain::pages() {
                context.report.object("code", json!({ "code": page.code, "title": page.title }));
                context.report.data(format_args!("{}  {}\n", page.code, page.title));
            }
            return Ok(Exit::Done);
        };
        let number = wanted.to_ascii_uppercase();
        let number = number.trim_start_matches("DBK").to_owned();
        let wanted = format!("DBK{number:0>4}");
        let Some(page) = explain::pages().into_iter().find(|page| page.code == wanted) else {
            let codes: Vec<&str> = explain::pages().iter().map(|page| page.code).collect();
            let problem = Diagnostic::error("DBK0012", format!("there is no code `{wanted}`"));
            return Err(match spelling::nearest(&wanted, codes) {
                Some(near) => {
                    problem.help(format!("a similar code exists: `cargo dbkit explain {near}`"))
                }
                None => problem.help("all codes: `cargo dbkit explain`"),
            }
            .into());
        };
        context.report.object(
            "explanation",
            json!({ "code": page.code, "title": page.title, "text": page.text }),
        );
        context.report.data(format_args!(
            "{}: {}\n\n{}\n",
            page.code,
            page.title,
            page.text.trim()
        ));
        Ok(Exit::Done)
    }
}
