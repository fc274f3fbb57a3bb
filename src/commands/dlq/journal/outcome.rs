//! `recoctl dlq journal outcome`.

use std::time::Duration;

use clap::Args;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::flags::outcome::WAIT;
use crate::flags::seconds;
use crate::render::outcome::{Named, outcomes};
use crate::render::rows;
use crate::ui::{Report, View, amount, break_lines, escape_line, was};
use reco_ops::dlq::outcome::{self, EarlierOptions, OutcomeReport};
use reco_ops::error::Result;

/// Arguments of `recoctl dlq journal outcome`.
#[derive(Debug, Args)]
pub struct JournalOutcomeArgs {
    /// Run id, a prefix of it, or the path of the journal
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Wait until each moved message is in the table or back in the DLQ, at most this long; without
    /// it, look once [default without a value: 10m]
    #[arg(long, value_name = "DURATION", value_parser = seconds, num_args = 0..=1, default_missing_value = WAIT)]
    pub wait: Option<i64>,
}

/// Finds the outcome of the messages of a run.
///
/// # Errors
/// Same as [`outcome::earlier`].
pub async fn run(context: &Context, args: &JournalOutcomeArgs) -> Result<Outcome> {
    let connect = async |queue: &str| Ok(context.sdk_for(queue).await?.clone());
    let (home, control) = (context.home()?, context.control());
    let wait = Duration::from_secs(args.wait.unwrap_or(0).unsigned_abs());
    let options = EarlierOptions { run: args.run.clone(), wait, log: context.log(None) };
    let criteria = context.criteria_for_outcome();
    let report = outcome::earlier(connect, criteria, (&home, &control), options).await?;
    context.ui.report(&report)
}

impl Report for OutcomeReport {
    const KIND: &'static str = "dlq.journal.outcome";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        OutcomeReport::outcome(self)
    }

    fn render(&self, view: &View) -> String {
        let run = escape_line(&self.run_id);
        let begun = escape_line(&self.started_at);
        let mut text = format!("run {run} of {begun}: {} moved\n", was(self.moved));
        let named = self.messages.iter().map(|row| Named {
            message_id: &row.message_id,
            outcome: row.outcome,
            reason: row.reason.as_deref(),
        });
        text.push_str(&break_lines(&outcomes(&self.summary, named, view), view.width));
        if self.possibly_sent > 0 {
            let messages = amount(self.possibly_sent, "message");
            text.push_str(&rows::note(&format!("{messages} possibly sent, and not counted here; `recoctl dlq journal show {run}` names them"), view));
        }
        if self.not_deleted > 0 {
            let moved = was(self.not_deleted);
            text.push_str(&rows::note(
                &format!("{moved} moved, but not deleted from the DLQ"),
                view,
            ));
        }
        text.push_str(&format!("journal {}\n", escape_line(&self.journal)));
        if self.possibly_sent + self.not_deleted > 0 {
            text.push_str(&format!("\n{}", rows::resume(&run, view)));
        }
        if self.summary.is_open() {
            let command = format!("recoctl dlq journal outcome {run} --wait");
            text.push_str(&format!("\n{}", rows::next(&command, view)));
        }
        text
    }
}
