//! What a redrive answers: every message that was received is in exactly one category.

use std::collections::BTreeMap;
use std::time::Duration;

use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::RedriveArgs;
use super::change::{Change, Changes};
use super::engine::Engine;
use crate::aws::sqs::Damaged;
use crate::commands::dlq::rows;
use crate::commands::dlq::session::Queues;
use crate::flow::hold::Released;
use crate::flow::judge::{Basis, Row};
use crate::flow::redrive::{Bounced, Decision, Fate, Guard, Pauses};
use crate::flow::repair::Changed;
use crate::ui::{Report, Tone, View, count, escape_line};

mod guards;

/// Messages named in the table of each category; JSON has all.
const NAMED: usize = 10;

/// The category of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Category {
    /// In the source queue, and deleted from the DLQ.
    Moved,
    /// Would be moved.
    Planned,
    /// Not chosen.
    Skipped,
    /// Asked for, but beyond `--max`.
    BeyondMax,
    /// In the source queue, and perhaps still in the DLQ.
    NotDeleted,
    /// In the DLQ, and perhaps in the source queue as well.
    Uncertain,
    /// In the DLQ: the source queue did not take it.
    Failed,
    /// In the DLQ: it could not be repaired.
    Unrepaired,
    /// In the DLQ: not tried.
    Left,
    /// In the DLQ again: this run moved it, and it came back.
    CameBack,
    /// In the DLQ: it came garbled.
    Damaged,
}

impl Category {
    /// What it means, where there is something to explain.
    fn meaning(self) -> &'static str {
        match self {
            Category::Moved => "sent, acknowledged and deleted from the DLQ",
            Category::Planned => "would be moved",
            Category::Skipped => "not chosen; still in the DLQ",
            Category::BeyondMax => "beyond --max; still in the DLQ",
            Category::NotDeleted => {
                "sent, but perhaps still in the DLQ: a redrive would send them again"
            }
            Category::Uncertain => {
                "still in the DLQ, and perhaps sent as well: check before redriving them"
            }
            Category::Failed => "not taken by the queue; still in the DLQ",
            Category::Unrepaired => "could not be repaired; still in the DLQ",
            Category::Left => "not tried; still in the DLQ",
            Category::CameBack => "moved by this run, failed again and came back to the DLQ",
            Category::Damaged => "came garbled and were left alone; still in the DLQ",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Category::Moved => "moved",
            Category::Planned => "planned",
            Category::Skipped => "skipped",
            Category::BeyondMax => "beyond max",
            Category::NotDeleted => "not deleted",
            Category::Uncertain => "uncertain",
            Category::Failed => "failed",
            Category::Unrepaired => "unrepaired",
            Category::Left => "left",
            Category::CameBack => "came back",
            Category::Damaged => "damaged",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Category::Moved | Category::Planned => Tone::Good,
            Category::Skipped | Category::BeyondMax => Tone::Faint,
            Category::Left | Category::CameBack => Tone::Warn,
            _ => Tone::Bad,
        }
    }
}

/// One message and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Record {
    message_id: String,
    class: Option<Class>,
    fate: Category,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Its id in the source queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_as: Option<String>,
    /// What was done to its body on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<Change>,
    /// The destination may have it twice: an attempt before the acknowledged one may have had its
    /// effect.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    perhaps_twice: bool,
    #[serde(skip)]
    wcu: u64,
}

impl Record {
    pub(super) fn is(&self, category: Category) -> bool {
        self.fate == category
    }

    /// A moved message that its delete did not remove.
    pub(super) fn is_still_there(&mut self, reason: String) {
        self.fate = Category::NotDeleted;
        self.reason = Some(reason);
    }

    pub(super) fn message_id(&self) -> &str {
        &self.message_id
    }

    pub(super) fn damaged(damaged: &Damaged) -> Self {
        Record {
            message_id: damaged.message_id.clone(),
            class: None,
            fate: Category::Damaged,
            reason: Some(damaged.reason.clone()),
            sent_as: None,
            changed: None,
            perhaps_twice: false,
            wcu: 0,
        }
    }

    fn of(row: &Row, fate: Category, reason: Option<String>, sent_as: Option<String>) -> Self {
        let (class, wcu) = (Some(row.verdict.class), row.verdict.wcu);
        Record {
            message_id: row.message_id.clone(),
            class,
            fate,
            reason,
            sent_as,
            changed: None,
            perhaps_twice: false,
            wcu,
        }
    }

    fn with(self, changed: Option<&Changed>) -> Self {
        let goes_out =
            !matches!(self.fate, Category::Skipped | Category::BeyondMax | Category::Unrepaired);
        match changed.filter(|_| goes_out) {
            Some(changed) => Record { changed: Some(changed.into()), wcu: changed.wcu, ..self },
            None => self,
        }
    }

    /// A message that was not sent: by choice, or because it is a dry run.
    pub(super) fn decided(row: &Row, decision: &Decision, changed: Option<&Changed>) -> Self {
        let record = match decision {
            Decision::Move => Record::of(row, Category::Planned, None, None),
            Decision::Skip => {
                Record::of(row, Category::Skipped, row.verdict.reasons.first().cloned(), None)
            }
            Decision::Undecided(error) => {
                Record::of(row, Category::Skipped, Some(format!("--where failed: {error}")), None)
            }
            Decision::BeyondMax => Record::of(row, Category::BeyondMax, None, None),
            Decision::Unsendable(reason) => {
                Record::of(row, Category::Failed, Some(reason.clone()), None)
            }
            Decision::Unrepaired(reason) => {
                Record::of(row, Category::Unrepaired, Some(reason.clone()), None)
            }
        };
        record.with(changed)
    }

    /// A message that this run moved, and that came back.
    pub(super) fn came_back(row: &Row) -> Self {
        Record::of(row, Category::CameBack, row.verdict.reasons.first().cloned(), None)
    }

    /// A message that was to be moved.
    pub(super) fn moved(row: &Row, fate: Fate, changed: Option<&Changed>) -> Self {
        let record = match fate {
            Fate::Moved { sent_as, perhaps_twice } => {
                let record = Record::of(row, Category::Moved, None, Some(sent_as));
                Record { perhaps_twice, ..record }
            }
            Fate::NotDeleted { sent_as, reason } => {
                Record::of(row, Category::NotDeleted, Some(reason), Some(sent_as))
            }
            Fate::Uncertain { reason } => Record::of(row, Category::Uncertain, Some(reason), None),
            Fate::Failed { reason } => Record::of(row, Category::Failed, Some(reason), None),
            Fate::Left { reason } => Record::of(row, Category::Left, Some(reason), None),
        };
        record.with(changed)
    }
}

/// How a redrive went, beside its messages.
#[derive(Debug, Clone, Default)]
pub(super) struct Ending {
    /// Messages received.
    pub(super) seen: u64,
    /// Messages that were to be moved.
    pub(super) moving: u64,
    /// Whether the queue was seen empty.
    pub(super) exhausted: bool,
    /// Deliveries of messages that were held already.
    pub(super) repeated: u64,
    /// Scans that brought something.
    pub(super) waves: u64,
    /// Messages that were released to make room, and received again.
    pub(super) again: u64,
    /// Messages of a FIFO queue behind others of their group.
    pub(super) unreached: u64,
    /// Messages on which `--where` failed.
    pub(super) undecided: u64,
    /// Ids that were asked for and not received.
    pub(super) missing: Vec<String>,
    /// Time spent moving.
    pub(super) move_time: Duration,
    /// Time spent in all.
    pub(super) time: Duration,
    /// Stopped by a signal.
    pub(super) interrupted: bool,
    /// The journal's file.
    pub(super) journal: Option<String>,
    /// Who moved the messages.
    pub(super) engine: Engine,
    /// The file of entries that were not sent.
    pub(super) rejects: Option<String>,
    /// Messages that were still there after a confirmed delete, and were deleted again.
    pub(super) deleted_again: u64,
    /// How long each guard held it back.
    pub(super) guards: BTreeMap<Guard, Pauses>,
    /// Why a guard stopped it.
    pub(super) stopped: Option<String>,
    /// What came back.
    pub(super) bounces: Bounced,
}

/// What a redrive answers.
#[derive(Debug, Serialize)]
pub(super) struct RedriveReport {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Basis,
    #[serde(flatten)]
    engine: Engine,
    dry_run: bool,
    /// Messages received; the sum of `counts`.
    seen: u64,
    /// Messages by what became of them.
    counts: BTreeMap<Category, u64>,
    /// Messages left alone because they were not chosen.
    skipped_by_class: BTreeMap<Class, u64>,
    /// Messages among those skipped on which `--where` failed.
    undecided: u64,
    /// Ids that were asked for and not received.
    missing: Vec<String>,
    /// Whether the queue was seen empty: there is nothing beyond what was received.
    exhausted: bool,
    /// Deliveries of messages that had been received before; counted once above.
    repeated: u64,
    /// Scans that it took: more than one where not everything could be held at once.
    waves: u64,
    /// Messages that were released to make room, and received again.
    received_again: u64,
    /// FIFO: messages that could not be reached, about: they stand behind others of their group.
    unreached: u64,
    /// WCU that the moved messages (or planned ones) will cost the table.
    wcu: u64,
    #[serde(flatten)]
    changes: Changes,
    /// Moved messages that the destination may have twice.
    perhaps_twice: u64,
    /// Messages that were still in the DLQ after a confirmed delete, and were deleted again.
    deleted_again: u64,
    /// Messages a second that were asked for.
    rate_limit: Option<f64>,
    /// Messages a second that were moved, while moving.
    rate: Option<f64>,
    duration_s: f64,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
    /// How long each guard that was asked for held it back.
    guards: BTreeMap<Guard, Pauses>,
    /// Why a guard stopped it; null when none did.
    stopped: Option<String>,
    /// What came back to the DLQ meanwhile.
    bounces: Bounced,
    /// The file that has every message that was sent; null when none was.
    journal: Option<String>,
    messages: Vec<Record>,
}

impl RedriveReport {
    /// What was counted, as the journal's end has it.
    pub(super) fn tally(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(fate, count)| (fate.name().to_owned(), *count)).collect()
    }

    /// Nothing was sent, and the journal is gone.
    pub(super) fn forget_journal(&mut self) {
        self.journal = None;
    }

    pub(super) fn new(
        (queues, basis): (Queues, Basis),
        args: &RedriveArgs,
        messages: Vec<Record>,
        released: Released,
        ending: &Ending,
    ) -> Self {
        let mut counts: BTreeMap<Category, u64> = BTreeMap::new();
        let mut skipped_by_class: BTreeMap<Class, u64> = BTreeMap::new();
        for record in &messages {
            *counts.entry(record.fate).or_default() += 1;
            if let (Category::Skipped, Some(class)) = (record.fate, record.class) {
                *skipped_by_class.entry(class).or_default() += 1;
            }
        }
        let goes = |record: &&Record| matches!(record.fate, Category::Moved | Category::Planned);
        let moved = counts.get(&Category::Moved).copied().unwrap_or(0);
        let seconds = ending.move_time.as_secs_f64();
        RedriveReport {
            queues,
            basis,
            engine: ending.engine.clone(),
            dry_run: args.dry_run,
            seen: ending.seen,
            wcu: messages.iter().filter(goes).map(|record| record.wcu).sum(),
            changes: Changes::of(
                args.repair.plan(),
                ending.rejects.clone(),
                messages.iter().filter(goes).filter_map(|record| record.changed.as_ref()),
            ),
            deleted_again: ending.deleted_again,
            perhaps_twice: messages.iter().filter(|record| record.perhaps_twice).count() as u64,
            counts,
            skipped_by_class,
            undecided: ending.undecided,
            missing: ending.missing.clone(),
            exhausted: ending.exhausted,
            repeated: ending.repeated,
            waves: ending.waves,
            received_again: ending.again,
            unreached: ending.unreached,
            rate_limit: args.guards.rate.map(|rate| rate.per_second()),
            rate: per_second(moved, seconds),
            duration_s: (ending.time.as_secs_f64() * 1000.0).round() / 1000.0,
            released,
            interrupted: ending.interrupted,
            guards: ending.guards.clone(),
            stopped: ending.stopped.clone(),
            bounces: ending.bounces.clone(),
            journal: ending.journal.clone(),
            messages,
        }
    }

    fn of(&self, category: Category) -> u64 {
        self.counts.get(&category).copied().unwrap_or(0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is shown with one decimal")]
fn per_second(moved: u64, seconds: f64) -> Option<f64> {
    (moved > 0 && seconds > 0.0).then(|| (moved as f64 / seconds * 10.0).round() / 10.0)
}

impl Report for RedriveReport {
    const KIND: &'static str = "dlq.redrive";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: self.of(Category::Moved) + self.of(Category::Planned),
            // What came back was moved as asked, and is counted there.
            excluded: [Category::Skipped, Category::BeyondMax, Category::CameBack]
                .into_iter()
                .map(|category| self.of(category))
                .sum::<u64>()
                .saturating_sub(self.undecided),
            failed: [
                Category::NotDeleted,
                Category::Uncertain,
                Category::Failed,
                Category::Unrepaired,
                Category::Left,
                Category::Damaged,
            ]
            .into_iter()
            .map(|category| self.of(category))
            .sum::<u64>()
                + self.released.unreleased.len() as u64
                + self.undecided
                + self.missing.len() as u64,
        };
        match tally.outcome(self.interrupted) {
            Outcome::Interrupted => Outcome::Interrupted,
            _ if self.bounces.stopped => Outcome::Bounced,
            outcome => outcome,
        }
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        for (category, messages) in &self.counts {
            text.push_str(&self.section(*category, *messages, view));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.footer());
        text.push_str(&self.guards_text());
        text.push_str(&rows::basis(&self.basis, view));
        text
    }
}

impl RedriveReport {
    fn section(&self, category: Category, messages: u64, view: &View) -> String {
        let name = view.palette.paint(category.tone(), &format!("{:<12}", category.name()));
        let mut text = format!("{name} {:>7}  {}\n", count(messages), category.meaning());
        if category == Category::Skipped {
            for (class, messages) in &self.skipped_by_class {
                let class =
                    view.palette.paint(rows::tone(*class), &format!("{:<12}", class.name()));
                text.push_str(&format!("  {class} {:>5}\n", count(*messages)));
            }
            return text;
        }
        if matches!(category, Category::Moved | Category::Planned | Category::BeyondMax) {
            return text;
        }
        let named: Vec<&Record> =
            self.messages.iter().filter(|record| record.fate == category).collect();
        for record in named.iter().take(NAMED) {
            let reason = record.reason.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "  {} {}\n",
                escape_line(&record.message_id),
                escape_line(reason)
            ));
        }
        if named.len() > NAMED {
            let more = count((named.len() - NAMED) as u64);
            text.push_str(&format!("  and {more} more; --output json names them all\n"));
        }
        text
    }

    /// Names what may be doubled.
    fn twice(&self) -> String {
        if self.perhaps_twice == 0 {
            return String::new();
        }
        let named = self.messages.iter().filter(|record| record.perhaps_twice).take(NAMED);
        let named: Vec<String> = named.map(|record| escape_line(&record.message_id)).collect();
        let more = if self.perhaps_twice > NAMED as u64 { ", ..." } else { "" };
        format!(
            "{} of the moved messages may be in the destination twice, since SQS said by a fault of its own that it \
             did not take them: {}{more}\n",
            count(self.perhaps_twice),
            named.join(", ")
        )
    }

    fn footer(&self) -> String {
        let (dlq, source) = (&self.queues.dlq, self.queues.source.as_deref().unwrap_or("?"));
        let seen = count(self.seen);
        let mut text = match (self.seen, self.dry_run) {
            (0, _) => format!("no messages in {dlq}"),
            (_, true) => {
                format!("{seen} messages of {dlq} examined; nothing was moved (--dry-run)")
            }
            (_, false) => format!("{seen} messages of {dlq} received, destination {source}"),
        };
        if let Some(rate) = self.rate {
            text.push_str(&format!("; {rate:.1}/s"));
        }
        if let Some(limit) = self.rate_limit.filter(|_| self.rate.is_some()) {
            text.push_str(&format!(" of at most {limit}/s"));
        }
        text.push_str(&format!("; {:.1} s", self.duration_s));
        if self.wcu > 0 {
            let verb = if self.dry_run { "would cost" } else { "will cost" };
            text.push_str(&format!("; {verb} the table about {} WCU", count(self.wcu)));
        }
        if self.interrupted {
            text.push_str("; interrupted: what was in flight is finished, the rest released");
        }
        text.push('\n');
        text.push_str(&self.changes.words(self.dry_run));
        text.push_str(&self.twice());
        let Engine { engine, engine_reason } = &self.engine;
        text.push_str(&format!("engine {engine}: {}\n", escape_line(engine_reason)));
        if let Some(journal) = &self.journal {
            text.push_str(&format!("journal {}\n", escape_line(journal)));
        }
        if self.unreached > 0 {
            let about = count(self.unreached);
            text.push_str(&format!(
                "about {about} messages were not reached: they stand behind others of their FIFO group\n"
            ));
        }
        if self.queues.in_flight_elsewhere > 0 {
            let others = count(self.queues.in_flight_elsewhere);
            text.push_str(&format!("{others} messages were in flight elsewhere and not seen\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests;
