//! `recoctl dlq peek`: look without disturbing.

use std::sync::Arc;

use clap::Args;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::rows;
use super::select::{Chosen, SelectArgs};
use super::session::{DamagedRow, Opening, Queues, Session};
use crate::context::Context;
use crate::error::Result;
use crate::flow::hold::Released;
use crate::flow::judge::{Basis, Row};
use crate::flow::matcher::Classes;
use crate::flow::scan::{Goal, Keep, Scan};
use crate::flow::spool::Spool;
use crate::ui::{Report, Tone, View, amount, count, escape_line, escape_text, pretty_json};

/// Arguments of `recoctl dlq peek`.
#[derive(Debug, Args)]
pub struct PeekArgs {
    /// Which messages
    #[command(flatten)]
    pub select: SelectArgs,
    /// Show at most so many messages; scans until that many are found
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max: u32,
    /// Show the bodies, too
    #[arg(long)]
    pub full: bool,
    /// Receive even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
}

/// What a peek answers.
#[derive(Debug, Serialize)]
struct PeekReport {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Basis,
    /// What the messages that were asked for are called.
    #[serde(skip)]
    wanted: Option<String>,
    /// Messages that were received, those not shown included.
    scanned: u64,
    messages: Vec<Row>,
    /// Messages on which `--where` failed; not shown.
    undecided: u64,
    /// Ids that were asked for and not found, where the whole queue was seen.
    missing: Vec<String>,
    damaged: Vec<DamagedRow>,
    /// Whether the queue was seen empty: there is nothing beyond what was scanned.
    exhausted: bool,
    /// Deliveries of messages that had been received before; counted once above.
    repeated: u64,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
}

/// Receives, shows, and makes visible again.
///
/// # Errors
/// When the queue cannot be found or received from, or a safety rule refuses it.
pub async fn run(context: &Context, args: PeekArgs) -> Result<Outcome> {
    let max = args.max as usize;
    let matcher = Arc::new(args.select.matcher(Classes::Any)?);
    let keeps = args.full || matcher.needs_message();
    let spool = keeps.then(Spool::new).transpose()?.map(Arc::new);
    let narrows = args.select.narrows();
    let opening = Opening {
        need_source: false,
        force: args.force,
        keep: spool.clone().map_or(Keep::Nothing, Keep::Spooled),
        at_most: (!narrows).then_some(max),
        wanted: Arc::clone(&matcher),
        to: None,
    };
    let session = Session::open(context, opening).await?;
    let goal = if narrows { Goal::Matching(max) } else { Goal::First(max) };
    let mut scan = session.scan(context, goal).await?;
    let released = session.release_all(context).await;
    let chosen = Chosen::of(context, &matcher, spool.as_deref(), &mut scan)?;
    let chosen = chosen.first(max).with_bodies(spool.as_deref().filter(|_| args.full))?;
    let report = report(context, &session, &args, (scan, chosen), released);
    context.ui.report(&report)?;
    Ok(report.outcome())
}

fn report(
    context: &Context,
    session: &Session,
    args: &PeekArgs,
    (scan, chosen): (Scan, Chosen),
    released: Released,
) -> PeekReport {
    PeekReport {
        queues: session.queues(),
        basis: session.basis.clone(),
        wanted: args.select.adjective(),
        scanned: chosen.scanned,
        undecided: chosen.undecided,
        missing: chosen.missing,
        messages: chosen.found.into_iter().map(|found| *found.row).collect(),
        damaged: scan.damaged.iter().map(DamagedRow::from).collect(),
        exhausted: scan.exhausted,
        repeated: scan.repeated,
        released,
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
            failed: self.damaged.len() as u64
                + self.released.unreleased.len() as u64
                + self.undecided
                + self.missing.len() as u64,
        };
        tally.outcome(self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        if !self.messages.is_empty() {
            text.push_str(&rows::table(&self.messages, view));
        }
        for row in &self.messages {
            if let Some(body) = &row.body {
                text.push_str(&self::body(row, body, view));
            }
        }
        for damaged in &self.damaged {
            let label = view.palette.paint(Tone::Bad, "damaged:");
            text.push_str(&format!("{label} {} {}\n", damaged.message_id, damaged.reason));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.footer());
        text.push_str(&rows::basis(&self.basis, view));
        text
    }
}

impl PeekReport {
    fn footer(&self) -> String {
        let (shown, dlq) = (self.messages.len() as u64, &self.queues.dlq);
        let about = self.queues.approximate_messages.max(self.scanned);
        let mut line = match (&self.wanted, shown) {
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
        if self.queues.in_flight_elsewhere > 0 {
            let others = count(self.queues.in_flight_elsewhere);
            line.push_str(&format!("; {others} more in flight elsewhere"));
        }
        if self.interrupted {
            line.push_str("; interrupted");
        }
        line.push('\n');
        line
    }
}

fn body(row: &Row, body: &str, view: &View) -> String {
    let head = format!("── {} · {} ", escape_line(&row.message_id), row.verdict.class);
    let reasons = row.verdict.reasons.iter().map(|reason| format!("   {}\n", escape_line(reason)));
    let reasons = view.palette.paint(Tone::Faint, &reasons.collect::<String>());
    let content = pretty_json(body).unwrap_or_else(|| body.to_owned());
    format!("\n{}\n{reasons}{}\n", view.palette.paint(Tone::Heading, &head), escape_text(&content))
}

#[cfg(test)]
mod tests;
