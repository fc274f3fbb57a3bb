//! `recoctl facts check`: checks that lookups fit the schema and are served by indexes.

use clap::Args;
use reco_core::outcome::Outcome;
use reco_store::facts::{Finding, Level, check};
use serde::Serialize;

use crate::context::Context;
use crate::ui::{Align, Report, TextTable, Tone, View, escape_line};
use reco_ops::error::{Error, Result};

/// Arguments of `recoctl facts check`.
///
/// Runs each lookup with a few ids and explains it; changes nothing. Ends with 6 when a lookup
/// fails or would answer wrongly. Tables and columns are named in the file `facts_tables`.
#[derive(Debug, Args)]
pub struct CheckArgs {}

/// Runs the check.
///
/// # Errors
/// Fails if the database cannot be reached or none is configured.
pub async fn run(context: &Context, _: CheckArgs) -> Result<Outcome> {
    let source = context.facts().await?;
    let findings =
        check(&source).await.map_err(|error| Error::facts("cannot check facts", &error))?;
    let report = CheckReport { facts: source.kind(), findings };
    context.ui.report(&report)
}

#[derive(Debug, Serialize)]
struct CheckReport {
    facts: &'static str,
    findings: Vec<Finding>,
}

impl Report for CheckReport {
    const KIND: &'static str = "facts.check";
    const ROWS: Option<&'static str> = Some("findings");

    fn outcome(&self) -> Outcome {
        let wrong = self.findings.iter().any(|finding| finding.level == Level::Error);
        if wrong { Outcome::Findings } else { Outcome::Success }
    }

    fn render(&self, view: &View) -> String {
        let columns = [("FACTS", Align::Left), ("STATE", Align::Left), ("FOUND", Align::Left)];
        let mut table = TextTable::new(view, &columns);
        table.never_narrow(&[0, 1]);
        let mut hints = String::new();
        for Finding { facts, level, message, hint } in &self.findings {
            let (state, tone) = match level {
                Level::Ok => ("ok", Tone::Good),
                Level::Warning => ("warning", Tone::Warn),
                Level::Error => ("error", Tone::Bad),
            };
            let message = escape_line(message);
            table.toned_row([
                ((*facts).to_owned(), None),
                (state.to_owned(), Some(tone)),
                (message.clone(), None),
            ]);
            if let Some(hint) = hint {
                hints.push_str(&format!("\n{facts}: {message}\n  hint: {hint}\n"));
            }
        }
        // The table truncates long text; problems are repeated in full below it.
        format!("{}{hints}", table.finish())
    }
}
