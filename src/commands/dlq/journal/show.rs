//! `recoctl dlq journal show`.

use std::collections::HashMap;

use clap::Args;
use reco_core::journal::{Counts, JournalState, Outcomes, Standing};
use reco_core::message_outcome::MessageOutcome;
use reco_core::outcome::Outcome;
use reco_core::run_by::RunBy;
use serde::Serialize;

use super::list::RunCondition;
use crate::context::Context;
use crate::render::outcome::users;
use crate::render::{by, rows};
use crate::ui::{Report, Tone, View, count, escape_line};
use reco_ops::dlq::journal::{find, load};
use reco_ops::error::Result;

/// Arguments of `recoctl dlq journal show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Run id, a prefix of it, or the path of the journal
    #[arg(value_name = "RUN")]
    pub run: String,
}

#[derive(Debug, Serialize)]
struct MessageRow {
    message_id: String,
    standing: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Its outcome, if a look found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<MessageOutcome>,
}

#[derive(Debug, Serialize)]
struct ShowReport {
    path: String,
    run_id: Option<String>,
    condition: RunCondition,
    started_at: Option<String>,
    source: Option<String>,
    destination: Option<String>,
    recoctl: Option<String>,
    policy_fingerprint: Option<String>,
    /// Signature of the run.
    by: RunBy,
    /// Outcome of the run; null if it was interrupted.
    outcome: Option<Outcome>,
    counts: Counts,
    /// Number of a last line that was cut off while being written; what it would have recorded was
    /// not done.
    torn_line: Option<u64>,
    /// Contradictions that occur only in a damaged journal.
    anomalies: Vec<String>,
    /// Ids of messages that may be in the destination more than once.
    possibly_double: Vec<String>,
    /// Last recorded outcomes of the messages; null if none are.
    outcomes: Option<Outcomes>,
    messages: Vec<MessageRow>,
}

/// Shows the journal.
///
/// # Errors
/// Fails if the journal does not exist or cannot be read.
pub fn run(context: &Context, args: &ShowArgs) -> Result<Outcome> {
    let home = context.home()?;
    let path = find(&home, &args.run)?;
    let state = load(&path)?;
    let report = report(path.display().to_string(), RunCondition::of(&home, &state), &state);
    context.ui.report(&report)
}

fn report(path: String, condition: RunCondition, state: &JournalState) -> ShowReport {
    let header = state.header();
    let became: HashMap<&str, MessageOutcome> =
        state.sent().filter_map(|sent| Some((sent.message_id, sent.became?))).collect();
    let messages = state.messages().map(|(id, standing)| MessageRow {
        message_id: id.to_owned(),
        standing,
        reason: state.reason(id).map(str::to_owned),
        outcome: became.get(id).copied(),
    });
    ShowReport {
        path,
        run_id: header.map(|header| header.run_id.clone()),
        condition,
        started_at: header.map(|header| header.started_at.clone()),
        source: header.map(|header| header.source.clone()),
        destination: header.and_then(|header| header.destination.clone()),
        recoctl: header.map(|header| header.recoctl.clone()),
        policy_fingerprint: header.map(|header| header.policy.clone()),
        by: header.map(|header| header.by.clone()).unwrap_or_default(),
        outcome: state.end().map(|end| end.outcome),
        counts: state.counts(),
        torn_line: state.tail().torn.as_ref().map(|torn| torn.line),
        anomalies: state.anomalies().iter().map(ToString::to_string).collect(),
        possibly_double: state.possibly_double().map(str::to_owned).collect(),
        outcomes: state.outcomes().cloned(),
        messages: messages.collect(),
    }
}

impl Report for ShowReport {
    const KIND: &'static str = "dlq.journal.show";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let or = |value: &Option<String>| escape_line(value.as_deref().unwrap_or("?"));
        let name = |arn: &Option<String>| rows::queue_name(&or(arn));
        let mut text = format!(
            "run {}, {}: from {} to {}, begun {}\n{}{}\n\n",
            or(&self.run_id),
            view.palette.paint(self.condition.tone(), self.condition.name()),
            name(&self.source),
            name(&self.destination),
            or(&self.started_at),
            by::line(&self.by, view),
            view.palette.paint(Tone::Faint, &self.path),
        );
        for (standing, number, meaning) in self.standings() {
            if number == 0 {
                continue;
            }
            text.push_str(&format!("{standing:<10} {:>7}  {meaning}\n", count(number)));
        }
        let open = self.messages.iter().filter(|row| row.standing != Standing::Deleted);
        text.push_str(&rows::first(super::NAMED, open, |row| {
            let reason = escape_line(row.reason.as_deref().unwrap_or_default());
            format!("{} {} {reason}", escape_line(&row.message_id), row.standing)
        }));
        if let Some(Outcomes { counts, users: all, .. }) = &self.outcomes {
            let counts =
                counts.iter().map(|(one, many)| format!("{} {}", count(*many), one.name()));
            let counts = counts.collect::<Vec<_>>().join(", ");
            text.push_str(&format!("\noutcomes: {counts}; {}\n", users(all)));
        }
        if let Some(line) = self.torn_line {
            text.push_str(&rows::torn(line, view));
        }
        for anomaly in &self.anomalies {
            let label = view.palette.paint(Tone::Bad, "damaged:");
            text.push_str(&format!("{label} {}\n", escape_line(anomaly)));
        }
        if self.condition == RunCondition::Unfinished {
            let run = self.run_id.as_deref().unwrap_or(&self.path);
            text.push_str(&format!("\n{}", rows::resume(run, view)));
        }
        text
    }
}

impl ShowReport {
    fn standings(&self) -> [(&'static str, u64, &'static str); 5] {
        let counts = &self.counts;
        [
            ("deleted", counts.deleted, "sent, acknowledged and deleted from the DLQ"),
            (
                "acked",
                counts.acked,
                "acknowledged; possibly still in the DLQ: `resume` deletes them",
            ),
            (
                "uncertain",
                counts.uncertain,
                "possibly sent: the response was lost or did not match",
            ),
            (
                "intended",
                counts.intended,
                "possibly sent: the run was interrupted before a response",
            ),
            ("refused", counts.refused, "not sent; still in the DLQ"),
        ]
    }
}
