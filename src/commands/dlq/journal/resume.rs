//! `recoctl dlq journal resume`.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use crate::context::Context;
use crate::ui::{Report, Tone, Unit, View, amount, count, escape_line};
use reco_ops::aws::sqs::Sqs;
use reco_ops::dlq::journal::{
    EXPORT, Finished, Journal, Lock, RESTORE, Resumed, Resumer, each_kept, find, load, now_ms,
};
use reco_ops::dlq::queues::{QueueInfo, QueuePair, guard};
use reco_ops::dlq::session::warn_unreleased;
use reco_ops::error::{Error, Result};
use reco_ops::sqs::{Destination, Released};

/// Messages named in the table of each fate; JSON has all.
const NAMED: usize = 20;

/// Arguments of `recoctl dlq journal resume`.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// Run id, a prefix of it, or the path of the journal
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Proceed even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    message_id: String,
    #[serde(flatten)]
    fate: Resumed,
}

#[derive(Debug, Serialize)]
struct ResumeReport {
    journal: String,
    run_id: Option<String>,
    source: Option<String>,
    destination: Option<String>,
    /// The last line had been cut off while it was written.
    torn_line: Option<u64>,
    /// Messages by what became of them.
    counts: BTreeMap<&'static str, u64>,
    /// True if nothing is left that another resume could do.
    finished: bool,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
    messages: Vec<Row>,
}

/// Resumes.
///
/// # Errors
/// When there is no such journal, its queues cannot be found, another run is on the DLQ, or SQS
/// fails.
pub async fn run(context: &Context, args: &ResumeArgs) -> Result<Outcome> {
    let home = context.home()?;
    let path = find(&home, &args.run)?;
    let header = load(&path)?.header().cloned();
    let Some(header) = header else {
        return Err(Error::input(format!("journal {} has no header", path.display()))
            .hint("its run was interrupted before sending any message: nothing to resume"));
    };
    for (kind, what, again) in [
        (EXPORT, "an import", "import the same file again"),
        (RESTORE, "a restore", "restore the same run again"),
    ] {
        if header.source.starts_with(kind) {
            return Err(Error::input(format!("{} is the journal of {what}", path.display()))
                .hint(format!("{again}: messages already sent are not sent twice")));
        }
    }
    let lock = Lock::take(&home, &header.source, &header.run_id)?;
    // Only now is it sure that nobody writes it.
    let state = load(&path)?;
    let left = state.resume(now_ms());
    let torn_line = state.tail().torn.as_ref().map(|torn| torn.line);
    let finished = if left == Default::default() {
        // Without its end it would be offered for a resume for ever.
        if state.end().is_none() {
            let journal = Journal::append(&path, &state)?;
            journal.close_with(outcome_of(&Finished::default(), false), BTreeMap::new()).await?;
        }
        Finished::default()
    } else {
        let sqs = Sqs::new(context.sdk_for(&header.source).await?);
        let (from, from_state) = sqs.resolve(&header.source).await?;
        let depth = from_state.visible;
        let dlq = QueueInfo { queue: from.clone(), state: from_state };
        guard(&QueuePair::of_dlq(dlq), args.force)?;
        let to = match left.resend.is_empty() {
            true => HashMap::new(),
            false => destinations(&sqs, &path, header.destination.as_deref()).await?,
        };
        let open = left.delete.len() + left.resend.len();
        context.ui.status(format!(
            "resuming run {} on {}: {} to finish",
            header.run_id,
            from.name,
            amount(open as u64, "message")
        ));
        let journal = Arc::new(Journal::append(&path, &state)?);
        let cancel = context.cancel.clone();
        let progress = Arc::new(context.ui.progress("scanning", Some(depth), Unit::Messages));
        let events = context.events();
        let resumer = Resumer { sqs, from, depth, to, journal, cancel, events };
        let finished = resumer.run(&path, &state, left, &progress).await?;
        drop(progress);
        if finished.is_done() && !context.cancel.is_cancelled() {
            let (outcome, counts) = (outcome_of(&finished, false), counts_of(&finished));
            let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), count));
            resumer.journal.close_with(outcome, counts.collect()).await?;
        }
        finished
    };
    drop(lock);
    warn_unreleased(&context.events(), &finished.released);
    let interrupted = context.cancel.is_cancelled();
    let report = ResumeReport {
        journal: path.display().to_string(),
        run_id: Some(header.run_id),
        source: Some(header.source),
        destination: header.destination,
        torn_line,
        counts: counts_of(&finished),
        finished: finished.is_done(),
        interrupted,
        messages: finished
            .outcomes
            .into_iter()
            .map(|(message_id, fate)| Row { message_id, fate })
            .collect(),
        released: finished.released,
    };
    context.ui.report(&report)?;
    Ok(report.outcome())
}

/// The queues that a journal's messages were sent to, by ARN.
async fn destinations(
    sqs: &Sqs,
    path: &Path,
    header: Option<&str>,
) -> Result<HashMap<String, Arc<Destination>>> {
    let mut arns: Vec<String> = header.map(str::to_owned).into_iter().collect();
    each_kept(path, |kept| {
        arns.extend(kept.to.filter(|arn| !arns.contains(arn)));
        Ok(())
    })?;
    let mut found = HashMap::new();
    for (number, arn) in arns.into_iter().enumerate() {
        let (queue, state) = sqs.resolve(&arn).await?;
        let limit = state.max_message_bytes;
        found.insert(arn, Arc::new(Destination { number, queue, limit, stamp: None }));
    }
    Ok(found)
}

const fn name(fate: &Resumed) -> &'static str {
    match fate {
        Resumed::Deleted => "deleted",
        Resumed::Gone => "gone",
        Resumed::Resent => "resent",
        Resumed::NotSeen => "not-seen",
        Resumed::NotDeleted { .. } => "not-deleted",
        Resumed::Uncertain { .. } => "uncertain",
    }
}

const fn meaning(name: &str) -> &'static str {
    match name.as_bytes() {
        b"deleted" => "acknowledged by the destination and now deleted from the DLQ",
        b"gone" => "acknowledged by the destination and no longer in the DLQ",
        b"resent" => "sent again with their deduplication id and deleted from the DLQ",
        b"not-seen" => {
            "acknowledged but not found in the DLQ, where other consumers hold messages: resume again later"
        }
        b"not-deleted" => "acknowledged but still in the DLQ: resume again",
        _ => {
            "still in the DLQ and possibly sent: check the destination; `dlq redrive --resend-uncertain` sends them"
        }
    }
}

fn counts_of(finished: &Finished) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for fate in finished.outcomes.values() {
        *counts.entry(name(fate)).or_default() += 1;
    }
    counts
}

fn outcome_of(finished: &Finished, interrupted: bool) -> Outcome {
    outcome(&counts_of(finished), &finished.released, interrupted)
}

fn outcome(counts: &BTreeMap<&str, u64>, released: &Released, interrupted: bool) -> Outcome {
    let sum = |names: &[&str]| names.iter().filter_map(|name| counts.get(name)).sum::<u64>();
    let tally = Tally {
        done: sum(&["deleted", "gone", "resent"]),
        // Nothing is broken: the run was cut off where nobody can know more.
        partly: sum(&["not-seen", "not-deleted", "uncertain"]) + released.invisible(),
        ..Tally::default()
    };
    tally.outcome(interrupted)
}

impl Report for ResumeReport {
    const KIND: &'static str = "dlq.journal.resume";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        outcome(&self.counts, &self.released, self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        for (fate, number) in &self.counts {
            text.push_str(&format!("{fate:<12} {:>7}  {}\n", count(*number), meaning(fate)));
            let named: Vec<&Row> =
                self.messages.iter().filter(|row| name(&row.fate) == *fate).collect();
            for row in named.iter().take(NAMED) {
                if let Resumed::NotDeleted { reason } | Resumed::Uncertain { reason } = &row.fate {
                    let id = escape_line(&row.message_id);
                    text.push_str(&format!("  {id} {}\n", escape_line(reason)));
                }
            }
            if named.len() > NAMED {
                let more = count((named.len() - NAMED) as u64);
                text.push_str(&format!("  and {more} more; use --output json for the full list\n"));
            }
        }
        if self.counts.is_empty() {
            text.push_str("nothing was left to do\n");
        }
        if let Some(line) = self.torn_line {
            let label = view.palette.paint(Tone::Warn, "note:");
            text.push_str(&format!(
                "{label} the last line ({line}) is incomplete and was never acted on\n"
            ));
        }
        if self.interrupted {
            text.push_str("interrupted\n");
        }
        text.push_str(&format!("journal {}\n", escape_line(&self.journal)));
        text
    }
}
