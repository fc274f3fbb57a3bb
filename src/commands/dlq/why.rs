//! `recoctl dlq why`: shows what ended each attempt at a message.

use std::ffi::OsString;
use std::sync::Arc;

use clap::Args;
use reco_core::Time;
use reco_core::cause::Attempt;
use reco_core::human::to_the_second;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use crate::context::Context;
use crate::flags::select::SelectArgs;
use crate::render::rows;
use crate::ui::{Report, View, amount, break_lines, count, escape_line};
use reco_ops::aws::sqs::Damaged;
use reco_ops::dlq::causes::{CauseOptions, LogRead, MessageCause, causes};
use reco_ops::dlq::chosen::Chosen;
use reco_ops::dlq::judge::{Provenance, Row};
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::scan::{Goal, Keep};
use reco_ops::dlq::select::Classes;
use reco_ops::dlq::session::{Looked, Queues, SessionOptions};
use reco_ops::error::Result;
use reco_ops::sqs::Released;

/// Arguments of `recoctl dlq why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// Message ids, or prefixes of ids (at least 4 characters); @FILE reads them from a file
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<OsString>,
    /// Read the function's log this far back [default: from the first send of the message]
    #[arg(long, value_name = "DURATION", value_parser = crate::flags::seconds)]
    pub since: Option<i64>,
    /// Proceed even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
}

/// Report of the recorded causes of messages.
#[derive(Debug, Serialize)]
struct WhyReport {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Provenance,
    /// Number of messages received to find them.
    scanned: u64,
    /// Log that was read.
    log: LogRead,
    messages: Vec<Explained>,
    /// Requested ids that were not found.
    missing: Vec<String>,
    damaged: Vec<Damaged>,
    #[serde(flatten)]
    reach: Reach,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
}

/// Message with what the log says of it.
#[derive(Debug, Serialize)]
struct Explained {
    #[serde(flatten)]
    row: Box<Row>,
    recorded: MessageCause,
}

/// Receives messages until the requested ones are found, makes all visible again, and reads the log.
///
/// # Errors
/// Fails if the queue cannot be found or received from. A log that cannot be read is part of the report.
pub async fn run(context: &Context, args: WhyArgs) -> Result<Outcome> {
    let select = SelectArgs { ids: args.ids, ..SelectArgs::default() };
    let matcher = Arc::new(select.matcher(Classes::Any, context).await?);
    let options = SessionOptions::looking(Arc::clone(&matcher), Keep::Nothing, args.force);
    let session = context.session(options).await?;
    let Looked { mut scan, reach, released } = session.look(Goal::of_ids(&matcher)).await?;
    let chosen = Chosen::of(&context.ui.events(), &matcher, None, &mut scan).await?;
    let rows: Vec<&Row> = chosen.found.iter().map(|found| &*found.row).collect();
    let options = CauseOptions { follow: true, ..context.log(args.since) };
    let mut recorded = causes(&session, &rows, &options).await;
    let messages = chosen.found.into_iter().filter_map(|found| {
        let recorded = recorded.messages.remove(&found.row.message_id)?;
        Some(Explained { row: found.row, recorded })
    });
    let report = WhyReport {
        queues: session.queues(),
        basis: session.basis.clone(),
        scanned: chosen.scanned,
        messages: messages.collect(),
        log: recorded.log,
        missing: chosen.missing,
        damaged: scan.damaged,
        reach,
        released,
        interrupted: context.cancel.is_cancelled(),
    };
    context.ui.report(&report)
}

impl Report for WhyReport {
    const KIND: &'static str = "dlq.why";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let done = self.messages.len() as u64;
        Tally {
            done,
            excluded: self.scanned.saturating_sub(done),
            failed: self.released.invisible(),
            partly: if self.missing.is_empty() { 0 } else { self.reach.missed() },
            missing: self.missing.len() as u64,
        }
        .outcome(self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        for message in &self.messages {
            text.push_str(&self.whole(message, view));
            text.push('\n');
        }
        for id in &self.missing {
            let (id, scanned) = (escape_line(id), count(self.scanned));
            let dlq = &self.queues.dlq;
            text.push_str(&format!("no message {id} in {dlq} among {scanned} received\n"));
        }
        if !self.missing.is_empty() {
            text.push_str(&rows::damaged(&self.damaged, view));
            text.push_str(&break_lines(&self.reach.words(), view.width));
        }
        text.push_str(&rows::basis(&self.basis, view));
        text
    }
}

impl WhyReport {
    fn whole(&self, message: &Explained, view: &View) -> String {
        let Explained { row, recorded } = message;
        let mut text = String::new();
        let mut line = |name: &str, value: &str| text.push_str(&rows::field(name, value, view));
        line("message", &escape_line(&row.message_id));
        for former in &recorded.former_ids {
            let started = to_the_second(&former.run_started_at);
            let id = escape_line(&former.message_id);
            line("before", &format!("{id}, redriven by run {} of {started}", former.run_id));
        }
        if let Some(group) = &self.log.group {
            line("log", &escape_line(group));
        }
        if let Some(problem) = self.log.problem.as_ref().filter(|_| recorded.unknown.is_none()) {
            line("", &escape_line(problem));
        }
        for attempt in &recorded.attempts {
            let former = attempt.message_id != row.message_id;
            line(&number(attempt, former), &ended(attempt));
            line("", &evidence(attempt));
        }
        if recorded.later_unknown > 0 {
            let later = amount(recorded.later_unknown, "later attempt");
            line("", &format!("no log line was read for {later} (by the queue's maxReceiveCount)"));
        }
        if let Some(unknown) = &recorded.unknown {
            line("ended by", &format!("not known: {}", escape_line(&unknown.words())));
        } else if let Some(gap) = gap(&recorded.attempts, &row.message_id) {
            line("", &gap);
        }
        let class = row.verdict.class;
        let painted = view.palette.paint(rows::tone(class), class.name());
        line("now", &format!("{painted}: {}", class.action()));
        for reason in &row.verdict.reasons {
            line("", &escape_line(reason));
        }
        text
    }
}

fn number(attempt: &Attempt, former: bool) -> String {
    let number = attempt.attempt.map_or_else(|| "?".to_owned(), |number| number.to_string());
    if former { format!("before {number}") } else { format!("try {number}") }
}

fn ended(attempt: &Attempt) -> String {
    let at = Time::from_millis(attempt.at_ms).iso();
    let detail = attempt.cause.detail().map(|detail| format!(" ({})", escape_line(&detail)));
    format!("{at}  {}{}", escape_line(&attempt.cause.words()), detail.unwrap_or_default())
}

fn evidence(attempt: &Attempt) -> String {
    let by = attempt.function.as_ref().map(|by| format!("; {}", escape_line(&by.words())));
    let request = escape_line(&attempt.request_id);
    format!("by {}, request {request}{}", attempt.evidence.words(), by.unwrap_or_default())
}

/// Returns what is missing among the numbers of the attempts under the message's present id.
fn gap(attempts: &[Attempt], message_id: &str) -> Option<String> {
    let numbers = attempts.iter().filter(|attempt| attempt.message_id == message_id);
    let mut numbers: Vec<u64> = numbers.filter_map(|attempt| attempt.attempt).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let missing = numbers.last()?.saturating_sub(numbers.len() as u64);
    (missing > 0).then(|| {
        format!(
            "{} before that left no line: the function was throttled, or another consumer received the message",
            amount(missing, "attempt")
        )
    })
}

#[cfg(test)]
mod tests {
    use reco_core::cause::{Cause, Evidence};

    use super::*;

    #[test]
    fn attempts_without_a_line_are_counted() {
        let attempt = |id: &str, number: Option<u64>| Attempt {
            message_id: id.to_owned(),
            attempt: number,
            at_ms: 0,
            request_id: "r".to_owned(),
            cause: Cause::FunctionTimeout,
            evidence: Evidence::Platform,
            function: None,
        };
        let missing = |numbers: &[Option<u64>]| {
            let attempts: Vec<Attempt> = numbers.iter().map(|n| attempt("m", *n)).collect();
            gap(&attempts, "m").map(|gap| gap.split(' ').next().unwrap_or_default().to_owned())
        };
        assert_eq!(missing(&[Some(1), Some(2), Some(3)]), None);
        assert_eq!(missing(&[Some(3)]), Some("2".to_owned()));
        assert_eq!(missing(&[Some(2), Some(2)]), Some("1".to_owned()), "delivered twice");
        assert_eq!(missing(&[None]), None);
        assert_eq!(gap(&[attempt("former", Some(5))], "m"), None);
    }
}
