//! What to run after a redrive.

use reco_core::message_outcome::MessageOutcome;
use reco_core::room::{Bounce, Load, propose};

use crate::ui::{amount, count, form};
use reco_ops::dlq::outcome::OutcomeSummary;
use reco_ops::dlq::redrive::report::{Category, NextLine, Record, RedriveReport};

/// Maximum ids in a command line.
const IDS: usize = 20;

/// Returns the command lines to run next, the first one first. A `plain` run had no options beyond
/// rate and guards, so that a line with others of these repeats it; `again` is the line of any other run
/// that a signal ended. `complete` adds this run's flags; `unused` returns a file name that is not in use.
pub(super) fn next(
    report: &RedriveReport,
    plain: bool,
    again: Option<String>,
    complete: &dyn Fn(&str) -> String,
    unused: &dyn Fn(&str) -> String,
) -> Vec<NextLine> {
    if report.dry_run {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut add = |command: String, why: String| lines.push(NextLine { command, why });
    if let Some(run) = report.run_id.as_deref().filter(|_| is_open(report)) {
        let line = complete(&format!("dlq journal outcome {run} --wait"));
        add(line, "outcome of the moved messages, from the journal of this run".to_owned());
    }
    let waiting: u64 = report.waiting.values().sum();
    if waiting > 0 {
        let queues: Vec<&str> = report.waiting.keys().map(String::as_str).collect();
        let (wait, queues) = (form(waiting, "waits", "wait"), queues.join(", "));
        let why = format!("{} still {wait} in {queues}", amount(waiting, "message"));
        add(complete("metrics --since 15m"), why);
    }
    if let Some(ids) = refused(report) {
        let file = unused("refused.jsonl");
        let purge = complete(&format!("dlq purge --id {ids} --backup {file}"));
        let write = complete(&format!("backfill {file} --if-newer --wcu auto"));
        let why = "what no queue accepts: saved, then written to the table".to_owned();
        add(format!("{purge} && {write}"), why);
    }
    let left = report.of(Category::Left);
    if let Some(bounce) = bounce(report).filter(|_| plain) {
        let load = rest(report, left + bounce.messages);
        let proposal = propose(&load, &report.room, Some(&bounce));
        add(complete(&format!("dlq redrive {}", proposal.flags())), proposal.comment());
    } else if left > 0 && plain {
        let proposal = propose(&rest(report, left), &report.room, None);
        let why = format!("{} not attempted; {}", amount(left, "message"), proposal.comment());
        add(complete(&format!("dlq redrive {}", proposal.flags())), why);
    } else if let Some(again) = again.filter(|_| left > 0 && report.interrupted) {
        add(
            again,
            format!("{} not attempted; goes on with the same selection", amount(left, "message")),
        );
    } else if report.seen > 0 {
        let dlq = &report.queues.dlq;
        let gone = report.of(Category::Moved) + report.of(Category::AlreadySent);
        let kept = report.seen.saturating_sub(gone);
        let back = report.outcomes.as_ref().and_then(|outcomes| {
            outcomes.counts.get(&MessageOutcome::CameBack).copied().filter(|back| *back > 0)
        });
        let why = match (kept, back) {
            (kept, Some(back)) => {
                format!("{} in {dlq}: {} came back", amount(kept + back, "message"), count(back))
            }
            (0, None) => format!("shows what comes back to {dlq}"),
            (_, None) => format!("{} in {dlq}, and whatever comes back", amount(kept, "message")),
        };
        add(complete("dlq classify"), why);
    }
    lines
}

/// Returns whether another look may tell more of the moved messages.
fn is_open(report: &RedriveReport) -> bool {
    let open = |record: &Record| record.outcome.is_some_and(MessageOutcome::is_open);
    report.outcomes.as_ref().is_some_and(OutcomeSummary::is_open)
        || report.messages.iter().any(open)
}

/// Returns the ids of messages that cannot be sent; `None` if there are none or too many.
fn refused(report: &RedriveReport) -> Option<String> {
    let unsendable = report.messages.iter().filter(|record| record.unsendable);
    let ids: Vec<&str> = unsendable.map(|record| record.message_id()).collect();
    (!ids.is_empty() && ids.len() <= IDS).then(|| ids.join(","))
}

fn bounce(report: &RedriveReport) -> Option<Bounce> {
    let bounces = &report.bounces;
    (bounces.bounced > 0).then(|| Bounce {
        messages: bounces.bounced,
        sent: bounces.sent,
        run_id: String::new(),
        rate: report.rate,
    })
}

/// Returns the cost of so many messages like those that were to move.
fn rest(report: &RedriveReport, messages: u64) -> Load {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an estimate"
    )]
    let wcu = (report.load.per_message() * messages as f64).round() as u64;
    Load { messages, wcu }
}

/// Returns the proposal of a dry run, if there is anything to move.
pub(super) fn proposed(report: &RedriveReport) -> Option<NextLine> {
    let planned = report.of(Category::Planned);
    let proposal = propose(&report.load, &report.room, None);
    (report.dry_run && planned > 0).then(|| NextLine {
        command: proposal.flags(),
        why: format!("{} planned; {}", count(planned), proposal.comment()),
    })
}
