//! `recoctl dlq classify`: explains why messages failed and what to do next.

mod groups;

use std::sync::Arc;

use clap::Args;
use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::class_parser;
use crate::context::Context;
use crate::flags::select::SelectArgs;
use crate::render::{again, rows};
use crate::ui::{Align, Report, Table, Tone, View, amount, count, escape_line};
use groups::Group;
use reco_ops::dlq::chosen::Chosen;
use reco_ops::dlq::journal::Unfinished;
use reco_ops::dlq::judge::{Provenance, Row};
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::scan::{Goal, Keep};
use reco_ops::dlq::select::Classes;
use reco_ops::dlq::session::{DamagedRow, Queues, SessionOptions};
use reco_ops::error::Result;
use reco_ops::files::spool::Spool;
use reco_ops::sqs::Released;

/// Arguments of `recoctl dlq classify`.
#[derive(Debug, Args)]
pub struct ClassifyArgs {
    /// Message selection.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Classify at most N messages [default: all]
    #[arg(short = 'n', long, visible_alias = "limit", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Classify all messages (the default)
    #[arg(long, conflicts_with = "max", hide = true)]
    pub all: bool,
    /// Exit with code 6 if a message of one of these classes is found
    #[arg(long, value_name = "CLASS,...", value_delimiter = ',', value_parser = class_parser())]
    pub fail_on: Vec<Class>,
    /// Proceed even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
}

/// Report of a classification.
#[derive(Debug, Serialize)]
struct ClassifyReport {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Provenance,
    /// True if a condition narrows the selection.
    #[serde(skip)]
    narrowed: bool,
    /// Number of messages received.
    scanned: u64,
    #[serde(flatten)]
    reach: Reach,
    /// Interrupted redrives of this DLQ, newest first.
    unfinished: Vec<Unfinished>,
    /// Repeated deliveries of messages that are counted only once above.
    repeated: u64,
    /// WCU needed to redrive all messages.
    wcu: u64,
    classes: Vec<Group>,
    /// The classes of `--fail-on` that were found.
    findings: Vec<Class>,
    messages: Vec<Box<Row>>,
    /// Messages on which `--where` failed; not classified.
    undecided: u64,
    /// Requested ids that were not found although the whole queue was scanned.
    missing: Vec<String>,
    damaged: Vec<DamagedRow>,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
}

/// Scans the DLQ, releases the messages and reports.
///
/// # Errors
/// Same as `dlq peek`.
pub async fn run(context: &Context, args: ClassifyArgs) -> Result<Outcome> {
    let max = args.max.map(|max| max as usize);
    let matcher = Arc::new(args.select.matcher(Classes::Any, context).await?);
    let narrows = args.select.narrows();
    let spool = matcher.needs_message().then(Spool::new).transpose()?.map(Arc::new);
    let keep = spool.clone().map_or(Keep::Nothing, Keep::Spooled);
    let options = SessionOptions {
        at_most: max.filter(|_| !narrows),
        ..SessionOptions::looking(Arc::clone(&matcher), keep, args.force)
    };
    let session = context.session(options).await?;
    let goal = match max {
        None => Goal::All,
        Some(max) if narrows => Goal::Matching(max),
        Some(max) => Goal::First(max),
    };
    if goal == Goal::All {
        let Queues { dlq, approximate_messages, .. } = session.queues();
        let about = amount(approximate_messages, "message");
        context.ui.status(format!("scanning all of {dlq} (about {about}); limit with --max N"));
    }
    let mut scan = session.scan(goal, session.depth()).await?;
    let reach = session.reach(&scan, (scan.taken(), session.early(&scan))).await;
    let released = session.release_all().await;
    let chosen = Chosen::of(&context.events(), &matcher, spool.as_deref(), &mut scan).await?;
    let chosen = chosen.first(max.unwrap_or(usize::MAX));
    let messages: Vec<Box<Row>> = chosen.found.into_iter().map(|found| found.row).collect();
    let next = |class: Class| again::command(&context.settings, next_command(class));
    let classes = groups::group(&messages, next);
    let found = |class: &Class| classes.iter().any(|group| group.class == *class);
    let report = ClassifyReport {
        queues: session.queues(),
        basis: session.basis.clone(),
        narrowed: narrows,
        scanned: chosen.scanned,
        undecided: chosen.undecided,
        missing: chosen.missing,
        reach,
        unfinished: session.history.unfinished().to_vec(),
        repeated: scan.repeated,
        wcu: messages.iter().map(|row| row.verdict.wcu).sum(),
        findings: args.fail_on.iter().copied().filter(found).collect(),
        classes,
        messages,
        damaged: scan.damaged.iter().map(DamagedRow::from).collect(),
        released,
        interrupted: context.cancel.is_cancelled(),
    };
    context.ui.report(&report)?;
    Ok(report.outcome())
}

/// Returns the recommended next command for a class, without `recoctl`.
fn next_command(class: Class) -> &'static str {
    match class {
        Class::Retryable => "dlq redrive --rate 50",
        Class::Partial => "dlq redrive --class partial --rate 50 --dry-run",
        Class::Malformed => "dlq peek --class malformed --full",
        Class::Foreign => "dlq peek --class foreign --full",
        Class::UnknownUser => "dlq purge --class unknown-user --backup unknown-user.jsonl",
        Class::Empty => "dlq purge --class empty --backup empty.jsonl",
        Class::Oversize => "dlq peek --class oversize",
        Class::Stale => "dlq peek --class stale",
        Class::Superseded => "dlq peek --class superseded",
    }
}

impl Report for ClassifyReport {
    const KIND: &'static str = "dlq.classify";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: self.messages.len() as u64,
            excluded: self.left_out(),
            failed: self.damaged.len() as u64 + self.released.invisible(),
            partly: self.undecided + self.reach.missed(),
            missing: self.missing.len() as u64,
        };
        match tally.outcome(self.interrupted) {
            // A finding in a partial scan is still valid, but the caller must know that the scan
            // was cut short.
            Outcome::Interrupted => Outcome::Interrupted,
            _ if !self.findings.is_empty() => Outcome::Findings,
            // An empty queue is a valid answer to a request for all messages.
            Outcome::NothingToDo if self.scanned == 0 && !self.narrowed => Outcome::Success,
            other => other,
        }
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        if !self.classes.is_empty() {
            text.push_str(&self.breakdown(view));
            for group in &self.classes {
                text.push_str(&details(group, view));
            }
            text.push('\n');
        }
        for damaged in &self.damaged {
            let label = view.palette.paint(Tone::Bad, "damaged:");
            text.push_str(&format!("{label} {} {}\n", damaged.message_id, damaged.reason));
        }
        text.push_str(&self.footer(view));
        text.push_str(&self.reach.words());
        text.push_str(&rows::unfinished(&self.unfinished, view));
        text.push_str(&rows::basis(&self.basis, view));
        text
    }
}

impl ClassifyReport {
    /// Returns the number of messages that were received but not selected.
    fn left_out(&self) -> u64 {
        let accounted = (self.messages.len() + self.damaged.len()) as u64 + self.undecided;
        self.scanned.saturating_sub(accounted)
    }

    fn breakdown(&self, view: &View) -> String {
        let mut table = Table::new(
            view,
            &[
                ("CLASS", Align::Left),
                ("MESSAGES", Align::Right),
                ("USERS", Align::Right),
                ("WCU", Align::Right),
                ("OLDEST", Align::Right),
                ("FIRST EXPIRES IN", Align::Right),
            ],
        );
        for group in &self.classes {
            table.toned_row([
                (group.class.to_string(), Some(rows::tone(group.class))),
                (count(group.messages), None),
                (count(group.users), None),
                (count(group.wcu), None),
                (rows::age(group.oldest_age_s), None),
                rows::time_left(group.first_expiry_s),
            ]);
        }
        let users = self.classes.iter().map(|group| group.users).sum();
        let oldest = self.classes.iter().filter_map(|group| group.oldest_age_s).max();
        let first = self.classes.iter().filter_map(|group| group.first_expiry_s).min();
        table.toned_row([
            ("all".to_owned(), Some(Tone::Heading)),
            (count(self.messages.len() as u64), Some(Tone::Heading)),
            (count(users), Some(Tone::Heading)),
            (count(self.wcu), Some(Tone::Heading)),
            (rows::age(oldest), Some(Tone::Heading)),
            rows::time_left(first),
        ]);
        table.finish()
    }

    fn footer(&self, view: &View) -> String {
        let dlq = &self.queues.dlq;
        let mut line = if self.scanned == 0 {
            format!("no messages in {dlq}")
        } else {
            let about = amount(self.queues.approximate_messages.max(self.scanned), "message");
            format!("{} of about {about} of {dlq} scanned", count(self.scanned))
        };
        if self.left_out() > 0 {
            line.push_str(&format!("; {} not selected", count(self.left_out())));
        }
        if self.queues.in_flight_elsewhere > 0 {
            let others = count(self.queues.in_flight_elsewhere);
            line.push_str(&format!("; {others} more in flight elsewhere"));
        }
        if self.interrupted {
            line.push_str("; interrupted");
        }
        line.push('\n');
        if !self.findings.is_empty() {
            let names: Vec<&str> = self.findings.iter().map(|class| class.name()).collect();
            let label = view.palette.paint(Tone::Bad, "found:");
            line.push_str(&format!("{label} {} (--fail-on)\n", names.join(", ")));
        }
        line
    }
}

fn details(group: &Group, view: &View) -> String {
    let paint = |tone, text: &str| view.palette.paint(tone, text);
    let class = paint(rows::tone(group.class), group.class.name());
    let mut text = format!("\n{class}: {}\n", group.action);
    for reason in &group.reasons {
        let example = format!("(e.g. {})", rows::short(&reason.example));
        let line = format!(
            "  {:>7}  {} {}",
            count(reason.messages),
            escape_line(&reason.reason),
            view.palette.paint(Tone::Faint, &example)
        );
        text.push_str(&cut(&line, view.width));
        text.push('\n');
    }
    if group.more_reasons > 0 {
        let noun = if group.more_reasons == 1 { "reason" } else { "reasons" };
        text.push_str(&format!("           and {} more {noun}\n", count(group.more_reasons)));
    }
    text.push_str(&format!("  next: {}\n", paint(Tone::Command, &group.next)));
    text
}

fn cut(line: &str, width: Option<usize>) -> String {
    match width {
        Some(width) => console::truncate_str(line, width, "…").into_owned(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
