//! `recoctl dlq classify`: explains why messages failed and what to do next.

mod causes;
mod groups;
mod reasons;
mod steps;

use std::sync::Arc;

use clap::Args;
use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use reco_core::queue_lock::QueueLock;
use reco_core::room::Room;
use serde::Serialize;

use super::class_parser;
use crate::config::Key;
use crate::context::Context;
use crate::flags::select::SelectArgs;
use crate::render::{self, again, rows};
use crate::ui::{
    Align, Report, TextTable, Tone, View, amount, break_beside, break_lines, count, escape_line,
};
use groups::ClassGroup;
use reco_ops::aws::sqs::Damaged;
use reco_ops::dlq::causes::{LogRead, causes as recorded};
use reco_ops::dlq::chosen::Chosen;
use reco_ops::dlq::journal::{Holder, Unfinished};
use reco_ops::dlq::judge::{Provenance, Row};
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::room;
use reco_ops::dlq::scan::{Goal, Keep};
use reco_ops::dlq::select::Classes;
use reco_ops::dlq::session::{Looked, Queues, Session, SessionOptions};
use reco_ops::error::Result;
use reco_ops::files::spool::Spool;
use reco_ops::journal::now_ms;
use reco_ops::sqs::Released;
use steps::{AdvisedStep, Advisor};

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
    /// Also count what ended the messages, by the function's log
    #[arg(long)]
    pub logs: bool,
    /// Read the log this far back [default: from the first send of the oldest message]
    #[arg(long, value_name = "DURATION", value_parser = crate::flags::seconds, requires = "logs")]
    pub since: Option<i64>,
    /// Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of
    /// every message by one, and there it may move messages on
    #[arg(long)]
    pub force: bool,
}

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
    /// Run of this machine that is moving messages of the DLQ.
    held_by: Option<Holder>,
    /// Run on another machine that has locked the DLQ.
    locked_by: Option<QueueLock>,
    /// Repeated deliveries of messages that are counted only once above.
    repeated: u64,
    /// WCU needed to redrive all messages.
    wcu: u64,
    classes: Vec<ClassGroup>,
    /// Log that was read; absent without `--logs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<LogRead>,
    /// What to do, most urgent first.
    steps: Vec<AdvisedStep>,
    /// True if the reasons are shown.
    #[serde(skip)]
    detailed: bool,
    /// The classes of `--fail-on` that were found.
    findings: Vec<Class>,
    messages: Vec<Box<Row>>,
    /// Messages on which `--where` failed; not classified.
    undecided: u64,
    /// Requested ids that were not found although the whole queue was scanned.
    missing: Vec<String>,
    damaged: Vec<Damaged>,
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
    let Looked { mut scan, reach, released } = session.look(goal).await?;
    let chosen = Chosen::of(&context.ui.events(), &matcher, spool.as_deref(), &mut scan).await?;
    let chosen = chosen.first(max.unwrap_or(usize::MAX));
    let messages: Vec<Box<Row>> = chosen.found.into_iter().map(|found| found.row).collect();
    let room = room(context, &session, &messages).await;
    let redriven = messages.iter().filter(|row| is_redrivable(row.verdict.class));
    let redriven = redriven.filter_map(|row| row.redriven.as_deref());
    let bounce = session.history.bounce(redriven);
    let mut classes = groups::group(&messages);
    let log = match args.logs {
        true => {
            let rows: Vec<&Row> = messages.iter().map(AsRef::as_ref).collect();
            let options = context.log(args.since);
            let causes = recorded(&session, &rows, &options).await;
            causes::enter(&mut classes, &rows, &causes);
            Some(causes.log)
        }
        false => None,
    };
    let advisor = Advisor {
        room: &room,
        bounce: bounce.as_ref(),
        complete: &|args| again::command(&context.settings, args),
        unused: &render::steps::unused_here,
        waits: session.scanner.judge.table().is_some(),
        now_ms: now_ms(),
    };
    let steps = advisor.advise(&mut classes);
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
        held_by: session.holder.clone(),
        locked_by: session.locked_by.clone(),
        repeated: scan.repeated,
        wcu: messages.iter().map(|row| row.verdict.wcu).sum(),
        findings: args.fail_on.iter().copied().filter(found).collect(),
        classes,
        log,
        steps,
        detailed: context.ui.verbose || args.select.narrows(),
        messages,
        damaged: scan.damaged,
        released,
        interrupted: context.cancel.is_cancelled(),
    };
    context.ui.report(&report)
}

/// Measures what the pipeline has to spare, if any message is to be redriven.
async fn room(context: &Context, session: &Session, messages: &[Box<Row>]) -> Room {
    if !messages.iter().any(|row| is_redrivable(row.verdict.class)) {
        return Room::default();
    }
    let function = context.settings.value(Key::Function);
    room::measure(&session.sdk, session.scanner.judge.table(), function).await
}

const fn is_redrivable(class: Class) -> bool {
    matches!(class, Class::Retryable | Class::Partial)
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
        }
        if let Some(log) = &self.log {
            text.push_str(&causes::table(&self.classes, log, view));
        }
        if self.detailed {
            for group in &self.classes {
                text.push_str(&details(group, view));
            }
        }
        if !text.is_empty() && self.detailed {
            text.push('\n');
        }
        text.push_str(&rows::damaged(&self.damaged, view));
        text.push_str(&break_lines(&self.footer(view), view.width));
        let elsewhere = self.queues.in_flight_elsewhere;
        let holder = (self.held_by.as_ref(), self.locked_by.as_ref());
        text.push_str(&rows::elsewhere(elsewhere, holder, &self.unfinished, view));
        text.push_str(&break_lines(&self.reach.words(), view.width));
        text.push_str(&match self.detailed {
            true => rows::basis(&self.basis, view),
            false => rows::notes(&self.basis.limits, view),
        });
        text.push_str(&rows::unfinished(&self.unfinished, view));
        text.push_str(&self.advice(view));
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
        let mut table = TextTable::new(
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

    /// Renders what to do, last on the screen.
    fn advice(&self, view: &View) -> String {
        if self.steps.is_empty() {
            return String::new();
        }
        let reasons = if self.detailed { "" } else { " (reasons: -v)" };
        let heading = match self.steps.len() {
            1 => "what to do".to_owned(),
            _ => "what to do, most urgent first".to_owned(),
        };
        let heading = view.palette.paint(Tone::Heading, &heading);
        let reasons = view.palette.paint(Tone::Faint, reasons);
        let steps =
            self.steps.iter().map(|step| render::steps::step(&step.command, &step.why, view));
        format!("{heading}{reasons}:\n{}", steps.collect::<String>())
    }

    fn footer(&self, view: &View) -> String {
        let dlq = &self.queues.dlq;
        let mut line = if self.scanned == 0 {
            match self.queues.in_flight_elsewhere {
                0 => format!("no messages in {dlq}"),
                _ => format!("no message of {dlq} is visible"),
            }
        } else {
            let about = amount(self.queues.approximate_messages.max(self.scanned), "message");
            format!("{} of about {about} of {dlq} scanned", count(self.scanned))
        };
        if self.left_out() > 0 {
            line.push_str(&format!("; {} not selected", count(self.left_out())));
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

/// Renders a class with its reasons: the number of messages, an example and the reason.
fn details(group: &ClassGroup, view: &View) -> String {
    let paint = |tone, text: &str| view.palette.paint(tone, text);
    let class = paint(rows::tone(group.class), group.class.name());
    let mut text = format!("\n{class}: {}\n", group.action);
    for reason in &group.reasons {
        let example = rows::short(&reason.example);
        // Aligned with the first line, unless that leaves too little room.
        let indent = " ".repeat((2 + 7 + 2 + example.chars().count() + 2).min(24));
        let reason_text = break_beside(&escape_line(&reason.reason), view.width, &indent);
        text.push_str(&format!(
            "  {:>7}  {}  {reason_text}\n",
            count(reason.messages),
            paint(Tone::Faint, &example)
        ));
    }
    if group.more_reasons > 0 {
        let noun = if group.more_reasons == 1 { "reason" } else { "reasons" };
        text.push_str(&format!("           and {} more {noun}\n", count(group.more_reasons)));
    }
    text
}

#[cfg(test)]
mod tests;
