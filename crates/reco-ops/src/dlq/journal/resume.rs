//! Resuming an interrupted run: delete messages that were acknowledged, send again only those that
//! a FIFO queue would deduplicate, and leave the others where they are.
//!
//! The run's receipt handles are tried first, which hold its messages until their visibility
//! timeout ends; the DLQ is then scanned for the rest.

mod report;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use reco_core::human::amount;
use reco_core::journal::{Header, JournalState, KeptMessage, Resume};
use reco_core::message::Message;
use reco_core::settle::Deletable;

use super::{EXPORT, Home, Lock, RESTORE, find, load, now_ms};
use crate::aws::acting_on;
use crate::aws::sqs::{Queue, Sqs};
use crate::dlq::lock::{Claim, DlqLock};
use crate::dlq::queues::{QueueInfo, QueuePair, guard};
use crate::dlq::scan::HOLD_LIMIT;
use crate::dlq::session::warn_unreleased;
use crate::error::{Error, Result};
use crate::event::{Control, Progress, Unit};
use crate::journal::{Journal, each_kept};
use crate::rate::Pace;
use crate::sqs::records::deleted;
use crate::sqs::{
    Bound, Content, DeleteOutcome, Destination, Doubt, Drain, DrainEnd, Outbox, OutboxMessage,
    Released, SendOutcome, VisibilityLease, period_for,
};
use report::Finished;
pub use report::{ResumeReport, Resumed, ResumedRow};

/// Options of a resume.
#[derive(Debug)]
pub struct ResumeOptions {
    /// Run to resume: its id, a prefix of it, or its journal's path.
    pub run: String,
    /// Receives even from a DLQ with a redrive policy of its own.
    pub force: bool,
    /// Run on another machine whose lock on the DLQ is taken over.
    pub take_over: Option<String>,
}

/// Resumes a run.
///
/// # Errors
/// When the journal does not exist, its queues cannot be found, another run has locked the DLQ, or
/// SQS fails. Progress until then is in the journal, and a further resume continues from there.
pub async fn resume(
    connect: impl AsyncFnOnce(&str) -> Result<Sqs>,
    home: &Home,
    control: &Control,
    options: &ResumeOptions,
) -> Result<ResumeReport> {
    let ResumeOptions { run, force, take_over } = options;
    let path = find(home, run)?;
    let header = load(&path)?.header().cloned().ok_or_else(|| {
        Error::input(format!("journal {} has no header", path.display()))
            .hint("its run was interrupted before sending any message: nothing to resume")
    })?;
    check_is_redrive(&path, &header)?;
    let lock = Lock::take(home, &header.source, &header.run_id)?;
    // Read again: only under the lock is it certain that no other run writes to it.
    let state = load(&path)?;
    let left = state.resume(now_ms());
    let mut report = ResumeReport {
        journal: path.display().to_string(),
        run_id: Some(header.run_id.clone()),
        source: Some(header.source.clone()),
        destination: header.destination.clone(),
        torn_line: state.tail().torn.as_ref().map(|torn| torn.line),
        counts: BTreeMap::new(),
        finished: true,
        released: Released::default(),
        interrupted: false,
        by: control.signer.unsigned(),
        messages: Vec::new(),
    };
    if left == Resume::default() {
        // Without an end record it would be offered for a resume forever.
        if state.end().is_none() {
            let (outcome, counts) = report.end();
            Journal::append(&path, &state)?.close_with(outcome, counts).await?;
        }
    } else {
        let sqs = connect(&header.source).await?;
        let (from, from_state) = sqs.resolve(&header.source).await?;
        let depth = from_state.visible;
        guard(&QueuePair::of_dlq(QueueInfo { queue: from.clone(), state: from_state }), *force)?;
        let claim = Claim { home, run_id: &header.run_id, take_over: take_over.as_deref() };
        let lock = DlqLock::share(lock, &sqs, &from, claim, control).await?;
        report.by = lock.by().clone();
        let to = match left.resend.is_empty() {
            true => HashMap::new(),
            false => destinations(&sqs, &path, header.destination.as_deref()).await?,
        };
        control.events.status(acting_on(&from.arn, &format!("DLQ {}", from.name)));
        control.events.status(format!(
            "resuming run {} on {}: {} to finish",
            header.run_id,
            from.name,
            amount((left.delete.len() + left.resend.len()) as u64, "message")
        ));
        let journal = Arc::new(Journal::append(&path, &state)?);
        let period = period_for(depth);
        let lease = Arc::new(VisibilityLease::start(sqs.clone(), from.clone(), period));
        let progress = Arc::new(control.events.progress("scanning", Some(depth), Unit::Messages));
        let resumer = Resumer { sqs, from, depth, to, journal, control, lease };
        let result = resumer.run(&path, &state, left, &progress).await;
        let released = resumer.lease.release_all().await;
        warn_unreleased(&control.events, &released);
        let mut finished = result?;
        finished.released.merge(released);
        report.enter(finished);
        if report.finished && !control.cancel.is_cancelled() {
            let (outcome, counts) = report.end();
            resumer.journal.close_with(outcome, counts).await?;
        }
    }
    report.interrupted = control.cancel.is_cancelled();
    Ok(report)
}

/// Checks that a journal is that of a redrive.
///
/// # Errors
/// When it is that of an import or a restore, which are run again instead.
pub(in crate::dlq) fn check_is_redrive(path: &Path, header: &Header) -> Result<()> {
    for (kind, what, again) in [
        (EXPORT, "an import", "import the same file again"),
        (RESTORE, "a restore", "restore the same run again"),
    ] {
        if header.source.starts_with(kind) {
            return Err(Error::input(format!("{} is the journal of {what}", path.display()))
                .hint(format!("{again}: messages already sent are not sent twice")));
        }
    }
    Ok(())
}

/// Returns the destinations of a journal's messages, by ARN.
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
        found.insert(arn, Destination::new(number, queue, &state));
    }
    Ok(found)
}

/// State of a resume.
struct Resumer<'a> {
    sqs: Sqs,
    /// The DLQ.
    from: Queue,
    /// Visible messages in the DLQ.
    depth: u64,
    /// Destinations by ARN; empty if no message is to be sent again.
    to: HashMap<String, Arc<Destination>>,
    /// Journal of the run, to be continued.
    journal: Arc<Journal>,
    control: &'a Control,
    lease: Arc<VisibilityLease>,
}

/// Remaining work.
struct Open {
    resend: HashMap<String, (KeptMessage, Doubt)>,
    finished: Finished,
}

impl Resumer<'_> {
    /// Does the remaining work in `resume` for the journal at `path`, whose state is `state`.
    async fn run(
        &self,
        path: &Path,
        state: &JournalState,
        resume: Resume,
        progress: &Arc<Progress>,
    ) -> Result<Finished> {
        let Resume { delete, resend, uncertain } = resume;
        let mut finished = Finished::default();
        let doubts = uncertain.into_iter();
        finished.outcomes.extend(
            doubts.map(|doubt| (doubt.message_id, Resumed::Uncertain { reason: doubt.reason })),
        );
        let mut open = Open { resend: HashMap::new(), finished };
        let handles = self.read(path, state, resend, &mut open)?;
        self.by_old_handles(&mut open, &delete, handles).await?;
        if (self.lease.awaits() || !open.resend.is_empty()) && !self.control.cancel.is_cancelled() {
            self.by_receiving(&mut open, progress).await?;
        }
        let Open { resend, mut finished } = open;
        for acked in &delete {
            let id = acked.message_id();
            finished.outcomes.entry(id.to_owned()).or_insert(Resumed::NotSeen);
        }
        let reason = "not found in the DLQ, so it was not sent again".to_owned();
        let not_found = resend.into_keys();
        finished
            .outcomes
            .extend(not_found.map(|id| (id, Resumed::Uncertain { reason: reason.clone() })));
        Ok(finished)
    }

    /// Reads the content of messages to send again, and the receipt handles of uncertain ones.
    fn read(
        &self,
        path: &Path,
        state: &JournalState,
        resend: Vec<String>,
        open: &mut Open,
    ) -> Result<Vec<(String, String)>> {
        let resend: HashSet<String> = resend.into_iter().collect();
        let mut uncertain = Vec::new();
        each_kept(path, |kept| {
            let id = kept.message.id.clone();
            if resend.contains(&id) {
                let since_ms = state.doubtful_since_ms(&id).unwrap_or(i64::MIN);
                let reason = "the run ended between its send and the response".to_owned();
                open.resend.insert(id, (kept, Doubt { since_ms, reason }));
            } else if open.finished.outcomes.contains_key(&id) {
                uncertain.push((id, kept.message.receipt_handle));
            }
            Ok(())
        })?;
        Ok(uncertain)
    }

    /// Works by the run's own receipt handles. One that still holds its message is the newest, so a
    /// delete by it takes effect.
    async fn by_old_handles(
        &self,
        open: &mut Open,
        acked: &[Deletable],
        uncertain: Vec<(String, String)>,
    ) -> Result<()> {
        // Uncertain messages are made visible again.
        let held = self.lease.adopt(uncertain).await;
        open.finished.released.merge_invisible(self.lease.release(&held).await);
        let handles = acked
            .iter()
            .map(|acked| (acked.message_id().to_owned(), acked.receipt_handle().to_owned()));
        self.lease.adopt(handles).await;
        let outcomes = self.lease.delete(acked.to_vec()).await;
        self.enter(open, acked.iter().cloned().zip(outcomes)).await?;
        let handles = open
            .resend
            .iter()
            .map(|(id, (kept, _))| (id.clone(), kept.message.receipt_handle.clone()));
        let held = self.lease.adopt(handles.collect::<Vec<_>>()).await;
        self.resend(open, held).await
    }

    /// Works by receiving from the DLQ. Unrelated messages are held meanwhile, so that each is
    /// received once.
    async fn by_receiving(&self, open: &mut Open, progress: &Arc<Progress>) -> Result<()> {
        let cancel = self.control.cancel.clone();
        let drain = Arc::new(Drain { lease: Arc::clone(&self.lease), cancel });
        let (at_most, depth) = (HOLD_LIMIT, self.depth);
        let bound = Bound { at_most, depth, front_only: false, awaits_counts: true };
        let (wanted, told) = (Arc::new(ids(open)), Arc::clone(progress));
        let work = move |messages: Vec<Message>| {
            let (wanted, told) = (Arc::clone(&wanted), Arc::clone(&told));
            async move {
                told.advance(messages.len() as u64);
                let ids = messages.into_iter().map(|message| message.id);
                Ok(ids.filter(|id| wanted.contains(id)).collect::<Vec<String>>())
            }
        };
        let (mut found, resend) = (Vec::new(), open.resend.len());
        let accept = |ids: Vec<String>| {
            found.extend(ids);
            !self.lease.awaits() && found.len() >= resend
        };
        let drained = drain.run(bound, work, accept).await?;
        self.enter(open, drained.cleared).await?;
        self.resend(open, found).await?;
        let state = self.sqs.state(&self.from).await?;
        // A message behind held ones of its FIFO group cannot be seen.
        let elsewhere = state.in_flight.saturating_sub(self.lease.held() as u64);
        if drained.end == DrainEnd::Empty && elsewhere == 0 && state.visible == 0 {
            let gone = self.lease.awaited();
            self.journal.durable(deleted(&gone)?).await?;
            let gone = gone.into_iter().map(|one| (one.message_id().to_owned(), Resumed::Gone));
            open.finished.outcomes.extend(gone);
        }
        Ok(())
    }

    /// Enters the outcomes of deletes, also in the journal.
    async fn enter(
        &self,
        open: &mut Open,
        outcomes: impl IntoIterator<Item = (Deletable, DeleteOutcome)>,
    ) -> Result<()> {
        let mut gone = Vec::new();
        for (deletable, outcome) in outcomes {
            let id = deletable.message_id().to_owned();
            match outcome {
                DeleteOutcome::Deleted => {
                    open.finished.outcomes.insert(id, Resumed::Deleted);
                    gone.push(deletable);
                }
                // Its handle was not the newest; the scan of the DLQ looks for it.
                DeleteOutcome::Lapsed => {}
                DeleteOutcome::Failed { reason, .. } => {
                    open.finished.outcomes.insert(id, Resumed::NotDeleted { reason });
                }
            }
        }
        self.journal.durable(deleted(&gone)?).await
    }

    /// Sends held messages again under their deduplication ids, and deletes them.
    async fn resend(&self, open: &mut Open, ids: Vec<String>) -> Result<()> {
        let take = |(at, id)| Some((at, open.resend.remove(id)?));
        let mut again: Vec<(usize, (KeptMessage, Doubt))> =
            ids.iter().enumerate().filter_map(take).collect();
        again.sort_by_key(|(_, (kept, _))| kept.message.sequence());
        let outgoing = |(at, (kept, doubt))| self.outgoing(at, kept, doubt);
        let messages: Vec<OutboxMessage> = again.into_iter().filter_map(outgoing).collect();
        if messages.is_empty() {
            return Ok(());
        }
        let outbox = Arc::new(Outbox {
            journal: Some(Arc::clone(&self.journal)),
            lease: Some(Arc::clone(&self.lease)),
            ..Outbox::new(self.sqs.clone())
        });
        let pace = Pace::new(None, Duration::ZERO);
        let quiet = Progress::none();
        let tell = |at: usize, outcome| {
            let outcome = match outcome {
                SendOutcome::Sent { .. } => Resumed::Resent,
                SendOutcome::NotDeleted { reason, .. } => Resumed::NotDeleted { reason },
                SendOutcome::Uncertain { reason }
                | SendOutcome::Failed { reason }
                | SendOutcome::Left { reason } => Resumed::Uncertain { reason },
            };
            open.finished.outcomes.insert(ids[at].clone(), outcome);
        };
        let messages = stream::iter(messages);
        outbox.send_all(messages, &pace, &self.control.cancel, &quiet, tell).await
    }

    fn outgoing(&self, place: usize, kept: KeptMessage, doubt: Doubt) -> Option<OutboxMessage> {
        let KeptMessage { message, out, to } = kept;
        // An intent without a destination refers to that of the header, which is the first.
        let to = match to {
            Some(arn) => self.to.get(&arn),
            None => self.to.values().find(|to| to.number == 0),
        };
        let mut outgoing = OutboxMessage::here(place, message, to?);
        if let (Content::Here(dispatch), Some(out)) = (&mut outgoing.content, out) {
            dispatch.out = Some(out);
        }
        Some(OutboxMessage { doubt: Some(doubt), known: true, ..outgoing })
    }
}

fn ids(open: &Open) -> HashSet<String> {
    open.resend.keys().cloned().collect()
}
