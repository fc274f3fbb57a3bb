//! Shared steps of `dlq export` and `dlq purge`: scan and hold, select, write to a file, flush it,
//! and only then delete; release all other messages.

mod act;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use reco_core::classify::Class;
use reco_core::settle::Waiver;

use crate::dlq::export::ExportFile;
use crate::dlq::journal::Journal;
use crate::dlq::scan::{Found, Goal, Keep, Scan};
use crate::dlq::select::{Match, Matcher};
use crate::dlq::session::{Ask, Session, SessionOptions, confirm};
use crate::dlq::waves::Waves;
use crate::error::{Error, Result};
use crate::files::spool::Spool;
use crate::sqs::{DrainEnd, Released};
use reco_core::human::{amount, count, was};
pub use report::{Collected, CollectedMessage, Fate, FileRow};

/// Export or purge of the selected messages.
pub struct Task<'a> {
    /// Selection of messages.
    pub matcher: Arc<Matcher>,
    /// Maximum number of messages, oldest first.
    pub max: Option<u32>,
    /// New file to write them to.
    pub file: Option<PathBuf>,
    /// Deletes them from the queue, after the file is flushed or with a waiver.
    pub delete: bool,
    /// Operator's confirmation that no file is wanted.
    pub waiver: Option<Waiver>,
    /// Reports what would be done without doing it.
    pub dry_run: bool,
    /// Prompt before anything is deleted; `None` if no confirmation is needed.
    pub ask: Option<&'a dyn Ask>,
    /// Receives even from a DLQ with a redrive policy of its own.
    pub force: bool,
    /// Run on another machine whose lock on the DLQ is taken over.
    pub take_over: Option<String>,
}

impl Task<'_> {
    /// Returns the question of the prompt.
    #[must_use]
    pub fn question(&self) -> String {
        match &self.file {
            Some(file) => format!(
                "this deletes every message from the DLQ after saving it to {}. Delete all?",
                file.display()
            ),
            None => "this permanently deletes every message from the DLQ. Delete all?".to_owned(),
        }
    }
}

/// Runs an export or purge.
///
/// # Errors
/// When the queue cannot be found or received from, a safety rule refuses it, the file cannot be
/// created, or an export without deletion cannot be written. Later failures are part of the report.
pub async fn collect(
    open: impl AsyncFnOnce(SessionOptions) -> Result<Session>,
    task: &Task<'_>,
) -> Result<Collected> {
    let matcher = Arc::clone(&task.matcher);
    let spool = Arc::new(Spool::new()?);
    let keeps = (task.file.is_some() && !task.dry_run) || matcher.needs_message();
    let keep = if keeps { Keep::Spooled(Arc::clone(&spool)) } else { Keep::Nothing };
    let looking = SessionOptions::looking(Arc::clone(&matcher), keep, task.force);
    let run_id = (task.delete && !task.dry_run).then(Journal::new_run_id);
    let options = SessionOptions { run_id, take_over: task.take_over.clone(), ..looking };
    let session = open(options).await?;
    announce(&session, task);
    let dlq = &session.pair.dlq.queue;
    let file = match task.file.as_deref().filter(|_| !task.dry_run) {
        Some(path) => Some(ExportFile::create(path, &dlq.arn, task.delete).await?),
        None => None,
    };
    let mut collector = Collector {
        session: &session,
        task,
        matcher,
        spool,
        ask: task.ask,
        file,
        waves: Waves::default(),
        chosen: 0,
        halted: None,
        report: Collected {
            queues: session.queues(),
            basis: session.basis.clone(),
            dry_run: task.dry_run,
            delete: task.delete,
            by: session.by.clone(),
            limited: task.max.is_some(),
            ..Collected::default()
        },
        records: Vec::new(),
        released: Released::default(),
        began: Instant::now(),
    };
    let result = collector.run().await;
    let released = session.release_all().await;
    collector.released.merge(released);
    collector.end(result).await
}

fn announce(session: &Session, task: &Task<'_>) {
    let queues = session.queues();
    let (dlq, about) = (&queues.dlq, amount(queues.approximate_messages, "message"));
    let what = match (&task.file, task.delete) {
        (Some(file), false) => format!("exporting from {dlq} to {}", file.display()),
        (Some(file), true) => format!("deleting from {dlq}, with a backup in {}", file.display()),
        (None, _) => format!("deleting from {dlq}, without a backup"),
    };
    let planning = if task.dry_run { "planning: " } else { "" };
    session.control.events.status(format!("{planning}{what} (about {about})"));
}

/// State of an export or purge.
struct Collector<'a> {
    session: &'a Session,
    task: &'a Task<'a>,
    matcher: Arc<Matcher>,
    spool: Arc<Spool>,
    /// Prompt before anything is deleted; `None` if no confirmation is needed, or it was given.
    ask: Option<&'a dyn Ask>,
    file: Option<ExportFile>,
    waves: Waves,
    /// Messages selected, up to `--max`.
    chosen: u64,
    /// Reason for stopping early, such as a file that cannot be written.
    halted: Option<String>,
    /// Report so far, without its records.
    report: Collected,
    records: Vec<CollectedMessage>,
    released: Released,
    began: Instant,
}

impl Collector<'_> {
    fn deletes(&self) -> bool {
        self.task.delete && !self.task.dry_run
    }

    fn fifo(&self) -> bool {
        self.session.pair.dlq.queue.fifo
    }

    /// Scans the messages that were there at the start. Deleting messages makes room to hold more,
    /// and reveals those behind them in their FIFO groups.
    async fn run(&mut self) -> Result<()> {
        loop {
            let front = self.fifo() && self.deletes();
            let goal = if front { Goal::Front } else { Goal::All };
            let scan = self.waves.scan(self.session, goal).await?;
            let full = scan.end == DrainEnd::Enough;
            let may_go_on = self.deletes() && (self.fifo() || full);
            let deleted = self.wave(scan, may_go_on).await?;
            let enough = self.task.max.is_some_and(|max| self.chosen >= u64::from(max));
            let stopped = self.session.is_cancelled() || self.halted.is_some();
            let seen_all = self.waves.saw_all(self.session);
            if !may_go_on || deleted == 0 || enough || stopped || (self.fifo() && seen_all) {
                if full && !enough {
                    self.say_what_is_beyond();
                }
                return Ok(());
            }
        }
    }

    /// Warns that the limit of held messages is reached although more are left.
    fn say_what_is_beyond(&mut self) {
        let seen = self.waves.seen;
        self.waves.ran_out_of_room(self.session, seen);
        let held = count(self.session.scanner.limit as u64);
        self.session.warn(format!("at most {held} messages can be in flight at once"));
    }

    /// Processes the messages of one scan; returns the number of deleted ones.
    async fn wave(&mut self, scan: Scan, may_go_on: bool) -> Result<u64> {
        self.records.extend(scan.damaged.iter().map(CollectedMessage::damaged));
        if !scan.found.is_empty()
            && let Some(operator) = self.ask.take()
        {
            confirm(operator, &self.question(&scan.found), "deleted").await?;
        }
        let (going, staying) = self.choose(scan.found).await?;
        if !may_go_on {
            // Only after the last scan: another one would receive them again.
            self.released.merge(self.session.release(&staying).await);
        }
        if going.is_empty() {
            return Ok(0);
        }
        if self.halted.is_some() {
            self.leave(&going, "");
            return Ok(0);
        }
        let written = self.write(&going).await?;
        if self.deletes() {
            return Ok(self.delete(&going, written).await);
        }
        let done =
            going.iter().take(written).map(|found| CollectedMessage::of(found, Fate::Exported));
        self.records.extend(done.map(|record| record.in_file(true)));
        self.leave(&going[written..], "stopped by a signal before it was written");
        Ok(0)
    }

    /// Returns the question that is asked once it is known what would be deleted. The heartbeat
    /// keeps the messages held meanwhile.
    fn question(&self, found: &[Found]) -> String {
        let sound = |found: &&Found| found.row.verdict.class == Class::Retryable;
        format!(
            "{} received, {} of them retryable; {}",
            was(found.len() as u64),
            count(found.iter().filter(sound).count() as u64),
            self.task.question()
        )
    }

    /// Checks that each id prefix matches only one of all messages received so far; once a message
    /// was deleted, a failed check halts the run instead.
    fn check_names(&mut self, found: &[Found]) -> Result<()> {
        match self.waves.check_names(&self.matcher, found) {
            Err(error) if self.chosen > 0 => self.halted = Some(error.to_string()),
            checked => return checked,
        }
        Ok(())
    }

    /// Splits messages into the selected ones and the ids of the others.
    async fn choose(&mut self, found: Vec<Found>) -> Result<(Vec<Found>, Vec<String>)> {
        self.check_names(&found)?;
        let matches = self.waves.decide(self.session, &self.matcher, &self.spool, &found).await?;
        let (mut going, mut staying) = (Vec::new(), Vec::new());
        for (found, decided) in found.into_iter().zip(matches) {
            let full = self.task.max.is_some_and(|max| self.chosen >= u64::from(max));
            let record = match decided {
                Match::Yes if full => CollectedMessage::of(&found, Fate::BeyondMax),
                Match::Yes => {
                    self.chosen += 1;
                    if !self.task.dry_run {
                        going.push(found);
                        continue;
                    }
                    CollectedMessage::of(&found, Fate::Planned)
                }
                Match::No | Match::Unread => {
                    let reason = found.row.verdict.reasons.first().cloned();
                    CollectedMessage::of(&found, Fate::Skipped).because(reason)
                }
                Match::Undecided(error) => {
                    let reason = format!("--where failed: {error}");
                    CollectedMessage::of(&found, Fate::Skipped).because(Some(reason))
                }
            };
            staying.push(found.row.message_id.clone());
            self.records.push(record);
        }
        Ok((going, staying))
    }

    /// Finishes the file and returns the report, after checking that every received message is
    /// accounted for.
    async fn end(mut self, result: Result<()>) -> Result<Collected> {
        let whole = result.is_ok() && self.halted.is_none() && !self.session.is_cancelled();
        // With `--max`, the file is complete once it has that many messages; otherwise, once the
        // whole queue was seen.
        let enough = self.task.max.is_some_and(|max| self.chosen >= u64::from(max));
        let whole = whole && (self.waves.reach.exhausted || enough);
        if let Some(file) = self.file.take() {
            let (path, messages) = (file.path().to_owned(), file.messages());
            match file.finish(whole).await {
                Ok(_) if messages == 0 => {}
                Err(error) if !self.task.delete => {
                    return Err(result.err().unwrap_or_else(|| {
                        Error::input(format!("cannot write export {}", path.display()))
                            .because(&error)
                            .hint("nothing was deleted; the file is incomplete")
                    }));
                }
                // All deleted messages are in the part that was flushed before.
                Err(error) => {
                    self.session.warn(format!("{} has no end record: {error}", path.display()));
                    self.report.file = Some(FileRow::of(&path, messages, false));
                }
                Ok(_) => self.report.file = Some(FileRow::of(&path, messages, whole)),
            }
        }
        if let (Err(_), Some(file)) = (&result, &self.report.file) {
            let messages = amount(file.messages, "message");
            self.session.warn(format!("{} is incomplete; it has {messages}", file.path));
        }
        result?;
        let ids = self.records.iter().map(CollectedMessage::message_id);
        let missing = self.waves.account(self.session, &self.matcher, ids)?;
        let report = Collected {
            missing,
            interrupted: self.session.is_cancelled(),
            duration_s: (self.began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            released: self.released,
            ..self.report
        };
        Ok(report.with(self.waves, self.records))
    }
}
