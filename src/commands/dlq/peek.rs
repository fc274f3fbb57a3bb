//! `recoctl dlq peek`: look without disturbing.

use clap::Args;
use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::session::{DamagedRow, Opening, Queues, Session};
use super::{class_parser, rows};
use crate::context::Context;
use crate::error::Result;
use crate::flow::hold::Released;
use crate::flow::judge::{Basis, Row};
use crate::flow::scan::{Goal, Keep, Scan};
use crate::ui::{Report, Tone, View, count, escape_line, escape_text, pretty_json};

/// Arguments of `recoctl dlq peek`.
#[derive(Debug, Args)]
pub struct PeekArgs {
    /// Show at most so many messages
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max: u32,
    /// Show only messages of this class; scans until --max of them are found
    #[arg(long, value_name = "CLASS", value_parser = class_parser(), hide_possible_values = false)]
    pub class: Option<Class>,
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
    /// The class that was asked for.
    class: Option<Class>,
    /// Messages that were received, those not shown included.
    scanned: u64,
    messages: Vec<Row>,
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
    let opening = Opening {
        need_source: false,
        force: args.force,
        keep: if args.full { Keep::Bodies } else { Keep::Nothing },
        at_most: args.class.is_none().then_some(max),
    };
    let session = Session::open(context, opening).await?;
    let goal = match args.class {
        Some(class) => Goal::OfClass(class, max),
        None => Goal::First(max),
    };
    let scan = session.scan(context, goal).await?;
    let released = session.release_all(context).await;
    let report = report(&session, &args, scan, released, context.cancel.is_cancelled());
    context.ui.report(&report)?;
    Ok(report.outcome())
}

fn report(
    session: &Session,
    args: &PeekArgs,
    scan: Scan,
    released: Released,
    interrupted: bool,
) -> PeekReport {
    let scanned = (scan.found.len() + scan.damaged.len()) as u64;
    let wanted = |row: &Row| args.class.is_none_or(|class| class == row.verdict.class);
    let messages = scan.found.into_iter().map(|found| found.row).filter(wanted);
    PeekReport {
        queues: session.queues(),
        basis: session.basis.clone(),
        class: args.class,
        scanned,
        messages: messages.take(args.max as usize).collect(),
        damaged: scan.damaged.iter().map(DamagedRow::from).collect(),
        exhausted: scan.exhausted,
        repeated: scan.repeated,
        released,
        interrupted,
    }
}

impl Report for PeekReport {
    const KIND: &'static str = "dlq.peek";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: self.messages.len() as u64,
            excluded: self.scanned - self.messages.len() as u64,
            failed: self.damaged.len() as u64 + self.released.unreleased.len() as u64,
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
        let mut line = match (self.class, shown) {
            (None, 0) => format!("no messages in {dlq}"),
            (Some(class), 0) => {
                format!("no {class} messages in {dlq} among {} scanned", count(self.scanned))
            }
            (None, _) => format!("{} of about {} messages of {dlq}", count(shown), count(about)),
            (Some(class), _) => format!(
                "{} {class} messages of {dlq}; {} of about {} scanned",
                count(shown),
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
