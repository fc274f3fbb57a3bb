//! Finishing an interrupted run: delete what was acknowledged, send again only what a FIFO queue
//! would recognise, and leave everything else where it is.
//!
//! First by the handles of the run itself, which hold its messages until their visibility timeout
//! ends; then, for what is held by them no more, by receiving the DLQ.

mod report;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use reco_core::human::amount;
use reco_core::journal::{Acked, Kept, Resume, State};
use reco_core::message::Message;
use reco_core::settle::{Deletable, replayed};

use super::{EXPORT, Home, Lock, RESTORE, find, load, now_ms};
use crate::aws::sqs::{Queue, Sqs};
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

/// Resumes the run `run`: its id, the beginning of it, or its journal's path.
///
/// # Errors
/// When there is no such journal, its queues cannot be found, another run is on the DLQ, or SQS
/// fails. What was done until then is in the journal, and resuming again goes on from there.
pub async fn resume(
    connect: impl AsyncFnOnce(&str) -> Result<Sqs>,
    home: &Home,
    control: &Control,
    run: &str,
    force: bool,
) -> Result<ResumeReport> {
    let path = find(home, run)?;
    let header = load(&path)?.header().cloned().ok_or_else(|| {
        Error::input(format!("journal {} has no header", path.display()))
            .hint("its run was interrupted before sending any message: nothing to resume")
    })?;
    for (kind, what, again) in [
        (EXPORT, "an import", "import the same file again"),
        (RESTORE, "a restore", "restore the same run again"),
    ] {
        if header.source.starts_with(kind) {
            return Err(Error::input(format!("{} is the journal of {what}", path.display()))
                .hint(format!("{again}: messages already sent are not sent twice")));
        }
    }
    let _lock = Lock::take(home, &header.source, &header.run_id)?;
    // Only now is it sure that nobody writes it.
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
        messages: Vec::new(),
    };
    if left == Resume::default() {
        // Without its end it would be offered for a resume for ever.
        if state.end().is_none() {
            let (outcome, counts) = report.end();
            Journal::append(&path, &state)?.close_with(outcome, counts).await?;
        }
    } else {
        let sqs = connect(&header.source).await?;
        let (from, from_state) = sqs.resolve(&header.source).await?;
        let depth = from_state.visible;
        guard(&QueuePair::of_dlq(QueueInfo { queue: from.clone(), state: from_state }), force)?;
        let to = match left.resend.is_empty() {
            true => HashMap::new(),
            false => destinations(&sqs, &path, header.destination.as_deref()).await?,
        };
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

/// Resumes one run.
struct Resumer<'a> {
    sqs: Sqs,
    /// The DLQ.
    from: Queue,
    /// Messages that are visible in it.
    depth: u64,
    /// The destinations, by ARN, where messages are to be sent again.
    to: HashMap<String, Arc<Destination>>,
    /// The run's journal, to go on in.
    journal: Arc<Journal>,
    control: &'a Control,
    lease: Arc<VisibilityLease>,
}

/// Remaining work.
struct Open {
    resend: HashMap<String, (Kept, Doubt)>,
    finished: Finished,
}

impl Resumer<'_> {
    /// Does what `resume` says is left to do of the journal at `path`, which says `state`.
    async fn run(
        &self,
        path: &Path,
        state: &State,
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

    /// Reads the content of what is to be sent again, and the handles of what is uncertain.
    fn read(
        &self,
        path: &Path,
        state: &State,
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

    /// A handle that still holds its message is the message's newest: a delete by it counts.
    async fn by_old_handles(
        &self,
        open: &mut Open,
        acked: &[Acked],
        uncertain: Vec<(String, String)>,
    ) -> Result<()> {
        // What is uncertain is shown to everyone again.
        let held = self.lease.adopt(uncertain).await;
        open.finished.released.merge_invisible(self.lease.release(&held).await);
        let handles = acked
            .iter()
            .map(|acked| (acked.message_id().to_owned(), acked.receipt_handle().to_owned()));
        self.lease.adopt(handles).await;
        let deletable: Vec<Deletable> = acked.iter().map(replayed).collect();
        let outcomes = self.lease.delete(deletable.clone()).await;
        self.enter(open, deletable.into_iter().zip(outcomes)).await?;
        let handles = open
            .resend
            .iter()
            .map(|(id, (kept, _))| (id.clone(), kept.message.receipt_handle.clone()));
        let held = self.lease.adopt(handles.collect::<Vec<_>>()).await;
        self.resend(open, held).await
    }

    /// Receives what the DLQ holds; what is of no concern is held meanwhile, so that it is received
    /// once.
    async fn by_receiving(&self, open: &mut Open, progress: &Arc<Progress>) -> Result<()> {
        let drain = Arc::new(Drain {
            sqs: self.sqs.clone(),
            queue: self.from.clone(),
            lease: Arc::clone(&self.lease),
            cancel: self.control.cancel.clone(),
        });
        let bound = Bound { at_most: HOLD_LIMIT, depth: self.depth, front_only: false };
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
        // Behind held messages of its group, a message of a FIFO queue cannot be seen.
        let elsewhere = state.in_flight.saturating_sub(self.lease.held() as u64);
        if drained.end == DrainEnd::Empty && elsewhere == 0 && state.visible == 0 {
            let gone = self.lease.awaited();
            self.journal.durable(deleted(&gone)?).await?;
            let gone = gone.into_iter().map(|one| (one.message_id().to_owned(), Resumed::Gone));
            open.finished.outcomes.extend(gone);
        }
        Ok(())
    }

    /// Enters what became of deletes, in the journal, too.
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
                // It is looked for by receiving, where its handle was not the newest.
                DeleteOutcome::Lapsed => {}
                DeleteOutcome::Failed { reason, .. } => {
                    open.finished.outcomes.insert(id, Resumed::NotDeleted { reason });
                }
            }
        }
        self.journal.durable(deleted(&gone)?).await
    }

    /// Sends messages again under their ids and deletes them. They are held.
    async fn resend(&self, open: &mut Open, ids: Vec<String>) -> Result<()> {
        let take = |(at, id)| Some((at, open.resend.remove(id)?));
        let mut again: Vec<(usize, (Kept, Doubt))> =
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

    fn outgoing(&self, place: usize, kept: Kept, doubt: Doubt) -> Option<OutboxMessage> {
        let Kept { message, out, to } = kept;
        // An intent that names no destination is for that of the header, which is the first.
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
