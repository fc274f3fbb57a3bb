//! `recoctl dlq peek`: shows messages without disturbing the queue.

use std::sync::Arc;

use clap::Args;
use reco_core::clip::clip;
use reco_core::message::{Attribute, AttributeValue};
use reco_core::outcome::{Outcome, Tally};
use reco_core::queue_lock::QueueLock;
use serde::Serialize;

use crate::context::Context;
use crate::flags::select::SelectArgs;
use crate::render::{again, rows};
use crate::ui::{
    Report, Tone, View, amount, bytes, count, escape_line, escape_text, pretty_json, wrap,
};
use reco_ops::aws::sqs::Damaged;
use reco_ops::dlq::chosen::Chosen;
use reco_ops::dlq::journal::{Holder, Unfinished};
use reco_ops::dlq::judge::{Provenance, Row};
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::scan::{Goal, Keep, Scan};
use reco_ops::dlq::select::Classes;
use reco_ops::dlq::session::{Looked, Queues, Session, SessionOptions};
use reco_ops::error::Result;
use reco_ops::files::spool::Spool;
use reco_ops::sqs::Released;

/// Arguments of `recoctl dlq peek`.
#[derive(Debug, Args)]
pub struct PeekArgs {
    /// Message selection.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Show at most N messages; scans until that many are found
    #[arg(short = 'n', long, visible_alias = "limit", value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max: u32,
    /// Show bodies and message attributes, too
    #[arg(long)]
    pub full: bool,
    /// Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of
    /// every message by one, and there it may move messages on
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Serialize)]
struct PeekReport {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Provenance,
    /// Adjective for the requested messages.
    #[serde(skip)]
    wanted: Option<String>,
    /// Command that shows the first message in full, unless bodies are shown.
    #[serde(skip)]
    in_full: Option<String>,
    /// Number of messages received, including those not shown.
    scanned: u64,
    messages: Vec<Box<Row>>,
    /// Messages on which `--where` failed; not shown.
    undecided: u64,
    /// Requested ids that were not found although the whole queue was scanned.
    missing: Vec<String>,
    damaged: Vec<Damaged>,
    #[serde(flatten)]
    reach: Reach,
    /// Repeated deliveries of messages that are counted only once above.
    repeated: u64,
    #[serde(flatten)]
    released: Released,
    /// Run of this machine that is moving messages of the DLQ.
    held_by: Option<Holder>,
    /// Run on another machine that has locked the DLQ.
    locked_by: Option<QueueLock>,
    unfinished: Vec<Unfinished>,
    interrupted: bool,
}

/// Receives messages, shows them, and makes them visible again.
///
/// # Errors
/// Fails if the queue cannot be found or received from, or if a safety rule refuses it.
pub async fn run(context: &Context, args: PeekArgs) -> Result<Outcome> {
    let max = args.max as usize;
    let matcher = Arc::new(args.select.matcher(Classes::Any, context).await?);
    let spool = Arc::new(Spool::new()?);
    let narrows = args.select.narrows();
    let keep = Keep::Spooled(Arc::clone(&spool));
    let options = SessionOptions {
        at_most: (!narrows).then_some(max),
        ..SessionOptions::looking(Arc::clone(&matcher), keep, args.force)
    };
    let session = context.session(options).await?;
    let goal = if narrows { Goal::Matching(max) } else { Goal::First(max) };
    let Looked { mut scan, reach, released } = session.look(goal).await?;
    let chosen = Chosen::of(&context.ui.events(), &matcher, Some(&spool), &mut scan).await?;
    let chosen = chosen.first(max).with_messages(&spool, args.full)?;
    let report = report(context, &session, &args, (scan, chosen), (reach, released));
    context.ui.report(&report)
}

fn report(
    context: &Context,
    session: &Session,
    args: &PeekArgs,
    (scan, chosen): (Scan, Chosen),
    (reach, released): (Reach, Released),
) -> PeekReport {
    let first = chosen.found.first().filter(|_| !args.full);
    let in_full = first.map(|found| {
        let get = format!("dlq get {}", rows::short(&found.row.message_id));
        again::command(&context.settings, &get)
    });
    PeekReport {
        queues: session.queues(),
        basis: session.basis.clone(),
        in_full,
        wanted: args.select.adjective(),
        scanned: chosen.scanned,
        undecided: chosen.undecided,
        missing: chosen.missing,
        messages: chosen.found.into_iter().map(|found| found.row).collect(),
        damaged: scan.damaged,
        reach,
        repeated: scan.repeated,
        released,
        held_by: session.holder.clone(),
        locked_by: session.locked_by.clone(),
        unfinished: session.history.unfinished().to_vec(),
        interrupted: context.cancel.is_cancelled(),
    }
}

impl Report for PeekReport {
    const KIND: &'static str = "dlq.peek";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: self.messages.len() as u64,
            excluded: (self.scanned - self.messages.len() as u64).saturating_sub(self.undecided),
            failed: self.damaged.len() as u64 + self.released.invisible(),
            partly: self.undecided + self.reach.missed(),
            missing: self.missing.len() as u64,
        };
        match tally.outcome(self.interrupted) {
            // An empty queue is a valid answer to a request for all messages.
            Outcome::NothingToDo if self.scanned == 0 && self.wanted.is_none() => Outcome::Success,
            outcome => outcome,
        }
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        if !self.messages.is_empty() {
            text.push_str(&rows::table(&self.messages, view));
        }
        for row in &self.messages {
            if let Some(carried) = &row.carried
                && let Some(body) = &carried.body
            {
                text.push_str(&self::body(row, &body.0, view));
            }
        }
        text.push_str(&rows::damaged(&self.damaged, view));
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.footer(view.width));
        text.push_str(&self.reach.words());
        let elsewhere = self.queues.in_flight_elsewhere;
        let holder = (self.held_by.as_ref(), self.locked_by.as_ref());
        text.push_str(&rows::elsewhere(elsewhere, holder, &self.unfinished, view));
        if let Some(next) = &self.in_full {
            let next = view.palette.paint(Tone::Command, next);
            text.push_str(&format!("a whole message: {next}\n"));
        }
        text.push_str(&rows::basis(&self.basis, view));
        text
    }
}

impl PeekReport {
    fn footer(&self, width: Option<usize>) -> String {
        let (shown, dlq) = (self.messages.len() as u64, &self.queues.dlq);
        let about = self.queues.approximate_messages.max(self.scanned);
        let mut line = match (&self.wanted, shown) {
            (None, 0) if self.queues.in_flight_elsewhere > 0 => {
                format!("no message of {dlq} is visible")
            }
            (None, 0) => format!("no messages in {dlq}"),
            (Some(wanted), 0) => {
                format!("no {wanted} messages in {dlq} among {} scanned", count(self.scanned))
            }
            (None, _) => format!("{} of about {} of {dlq}", count(shown), amount(about, "message")),
            (Some(wanted), _) => format!(
                "{} of {dlq}; {} of about {} scanned",
                amount(shown, &format!("{wanted} message")),
                count(self.scanned),
                count(about)
            ),
        };
        if self.released.released > 0 && self.released.unreleased.is_empty() {
            line.push_str(", all visible again");
        }
        if self.interrupted {
            line.push_str("; interrupted");
        }
        wrap(&line, width, 2) + "\n"
    }
}

fn body(row: &Row, body: &str, view: &View) -> String {
    let head = format!("── {} · {} ", escape_line(&row.message_id), row.verdict.class);
    let reasons = row.verdict.reasons.iter().map(|reason| format!("   {}\n", escape_line(reason)));
    let reasons = view.palette.paint(Tone::Faint, &reasons.collect::<String>());
    let content = pretty_json(body).unwrap_or_else(|| body.to_owned());
    format!(
        "\n{}\n{reasons}{}{}\n",
        view.palette.paint(Tone::Heading, &head),
        attributes(row),
        escape_text(&content)
    )
}

/// Maximum characters shown of an attribute's value; JSON has all.
const LONGEST_VALUE: usize = 500;

/// Renders the message attributes, one per line.
pub(super) fn attributes(row: &Row) -> String {
    let line = |(name, attribute): (&String, &Attribute)| {
        let value = match &attribute.value {
            AttributeValue::Text(text) => text.clone(),
            AttributeValue::Binary(bytes) => {
                format!("{}, base64 in JSON", self::bytes(bytes.len() as u64))
            }
        };
        let (name, kind) = (escape_line(name), escape_line(&attribute.data_type));
        format!("   {name} ({kind}): {}\n", escape_line(&clip(&value, LONGEST_VALUE)))
    };
    row.carried.iter().flat_map(|carried| &carried.attributes).map(line).collect()
}

#[cfg(test)]
mod tests;
