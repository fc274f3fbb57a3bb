//! `recoctl dlq get`: shows one message in full.

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use reco_core::clip::clip;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::peek::attributes;
use crate::context::Context;
use crate::flags::select::SelectArgs;
use crate::render::rows;
use crate::ui::{Report, Tone, View, bytes, count, escape_line, escape_text, pretty_json};
use reco_ops::aws::sqs::Damaged;
use reco_ops::dlq::chosen::Chosen;
use reco_ops::dlq::judge::{Provenance, Row};
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::scan::{Goal, Keep};
use reco_ops::dlq::select::Classes;
use reco_ops::dlq::session::{Looked, Queues, SessionOptions};
use reco_ops::error::Result;
use reco_ops::files::spool::Spool;
use reco_ops::sqs::Released;

/// Maximum user ids shown; JSON has all.
const SHOWN_USERS: usize = 10;

/// Arguments of `recoctl dlq get`.
#[derive(Debug, Args)]
pub struct GetArgs {
    /// Message id, or a prefix of it (at least 4 characters) that no other message has
    #[arg(value_name = "ID")]
    pub id: String,
    /// Proceed even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Serialize)]
struct GetReport {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Provenance,
    /// Requested id or prefix.
    #[serde(skip)]
    id: String,
    /// Number of messages received to find it.
    scanned: u64,
    /// The message; null if it was not received.
    message: Option<Box<Row>>,
    damaged: Vec<Damaged>,
    #[serde(flatten)]
    reach: Reach,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
}

/// Receives messages until the requested one is found, shows it, and makes all visible again.
///
/// # Errors
/// Fails if the queue cannot be found or received from; refused if several messages have the
/// prefix.
pub async fn run(context: &Context, args: GetArgs) -> Result<Outcome> {
    let select = SelectArgs { ids: vec![args.id.clone().into()], ..SelectArgs::default() };
    let matcher = Arc::new(select.matcher(Classes::Any, context).await?);
    let spool = Arc::new(Spool::new()?);
    let keep = Keep::Spooled(Arc::clone(&spool));
    let session =
        context.session(SessionOptions::looking(Arc::clone(&matcher), keep, args.force)).await?;
    let Looked { mut scan, reach, released } = session.look(Goal::of_ids(&matcher)).await?;
    let chosen = Chosen::of(&context.ui.events(), &matcher, Some(&spool), &mut scan).await?;
    let chosen = chosen.first(1).with_messages(&spool, true)?;
    let report = GetReport {
        queues: session.queues(),
        basis: session.basis.clone(),
        id: args.id,
        scanned: chosen.scanned,
        message: chosen.found.into_iter().next().map(|found| found.row),
        damaged: scan.damaged,
        reach,
        released,
        interrupted: context.cancel.is_cancelled(),
    };
    context.ui.report(&report)
}

impl Report for GetReport {
    const KIND: &'static str = "dlq.get";

    fn outcome(&self) -> Outcome {
        let done = u64::from(self.message.is_some());
        Tally {
            done,
            excluded: self.scanned.saturating_sub(done),
            failed: self.released.invisible(),
            // A message that was found is found, whatever else was not received.
            partly: if done == 0 { self.reach.missed() } else { 0 },
            missing: 0,
        }
        .outcome(self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let dlq = &self.queues.dlq;
        let mut text = match &self.message {
            Some(row) => format!("{}\n", whole(row, view)),
            None => format!(
                "no message {} in {dlq} among {} received\n",
                escape_line(&self.id),
                count(self.scanned)
            ),
        };
        if self.message.is_none() {
            text.push_str(&rows::damaged(&self.damaged, view));
            text.push_str(&self.reach.words());
            if self.queues.in_flight_elsewhere > 0 {
                let others = count(self.queues.in_flight_elsewhere);
                text.push_str(&format!("{others} more in flight elsewhere, not received\n"));
            }
        }
        text.push_str(&rows::basis(&self.basis, view));
        text
    }
}

/// Renders a message: its figures one per line, then attributes and body.
fn whole(row: &Row, view: &View) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| text.push_str(&rows::field(name, &value, view));
    let class = row.verdict.class;
    line("message", escape_line(&row.message_id));
    let painted = view.palette.paint(rows::tone(class), class.name());
    line("class", format!("{painted}: {}", class.action()));
    for (at, reason) in row.verdict.reasons.iter().enumerate() {
        line(if at == 0 { "reason" } else { "" }, escape_line(reason));
    }
    line("users", users(row));
    line("sent", sent(row, view));
    line("received", format!("{} times", count(row.receive_count)));
    line("source", rows::source_name(row.source.as_deref()));
    if let Some(group) = &row.group_id {
        line("group", escape_line(group));
    }
    line("size", bytes(row.size_bytes as u64));
    let carried = row.carried.as_deref();
    let attributes = attributes(row);
    if !attributes.is_empty() {
        let heading = view.palette.paint(Tone::Heading, "attributes");
        text.push_str(&format!("{heading}\n{attributes}"));
    }
    if let Some(body) = carried.and_then(|carried| carried.body.as_ref()) {
        let heading = view.palette.paint(Tone::Heading, "body");
        let content = pretty_json(&body.0).unwrap_or_else(|| body.0.clone());
        text.push_str(&format!("{heading}\n{}\n", escape_text(&content)));
    }
    text
}

fn users(row: &Row) -> String {
    let ids = row.carried.as_ref().map(|carried| &carried.user_ids[..]).unwrap_or_default();
    let shown: Vec<String> =
        ids.iter().take(SHOWN_USERS).map(|id| escape_line(&clip(&id.text(), LONGEST_ID))).collect();
    let more = ids.len().saturating_sub(shown.len());
    match (shown.is_empty(), more) {
        (true, _) => "none that can be read".to_owned(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {} more", shown.join(", "), count(more as u64)),
    }
}

fn sent(row: &Row, view: &View) -> String {
    let at = row.sent_at_ms.and_then(|at| Timestamp::from_millisecond(at).ok());
    let Some(at) = at else { return "unknown".to_owned() };
    let (left, tone) = rows::time_left(row.time_left_s);
    let left = tone.map_or(left.clone(), |tone| view.palette.paint(tone, &left));
    let age = rows::age(row.age_s);
    format!("{at}, {age} ago; deleted by retention in {left}")
}

/// Maximum characters shown of a user id.
const LONGEST_ID: usize = 60;

#[cfg(test)]
mod tests;
