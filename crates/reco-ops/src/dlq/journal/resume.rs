//! Finishing an interrupted run: delete what was acknowledged, send again only what a FIFO queue
//! would recognise, and leave everything else where it is.
//!
//! First by the handles of the run itself, which hold its messages until their visibility timeout
//! ends; then, for what is held by them no more, by receiving the DLQ.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use reco_core::journal::{Acked, Kept, Resume, State};
use reco_core::message::Message;
use reco_core::settle::{Deletable, replayed};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::aws::sqs::{Queue, Sqs};
use crate::dlq::scan::HOLD_LIMIT;
use crate::dlq::session::warn_unreleased;
use crate::error::Result;
use crate::event::{Events, Progress};
use crate::journal::{Journal, each_kept};
use crate::rate::Pace;
use crate::sqs::records::deleted;
use crate::sqs::{
    Bound, Content, DeleteOutcome, Destination, Dispatch, Doubt, Drain, DrainEnd, Outbox,
    OutboxMessage, Released, SendOutcome, VisibilityLease, period_for,
};

/// Result for a message that was left unfinished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Resumed {
    /// The destination has it, and now it is deleted from the DLQ.
    Deleted,
    /// The destination has it, and the DLQ had it no more.
    Gone,
    /// Sent again under the deduplication id of the first send, and deleted.
    Resent,
    /// The destination has it; it was not seen in the DLQ, where others hold messages.
    NotSeen,
    /// The destination has it; it is still in the DLQ.
    NotDeleted {
        /// Reason.
        reason: String,
    },
    /// In the DLQ, and perhaps at the destination as well.
    Uncertain {
        /// Reason for the uncertainty.
        reason: String,
    },
}

/// Result of a resume.
#[derive(Debug, Default)]
pub struct Finished {
    /// Every message that was open, by id.
    pub outcomes: BTreeMap<String, Resumed>,
    /// Messages received on the way and let go.
    pub released: Released,
}

impl Finished {
    /// Returns whether nothing is left that another resume could do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let open = |one: &Resumed| matches!(one, Resumed::NotSeen | Resumed::NotDeleted { .. });
        !self.outcomes.values().any(open)
    }
}

/// Resumes one run.
#[derive(Debug)]
pub struct Resumer {
    /// SQS.
    pub sqs: Sqs,
    /// The DLQ.
    pub from: Queue,
    /// Messages that are visible in it.
    pub depth: u64,
    /// The destinations, by ARN, where messages are to be sent again.
    pub to: HashMap<String, Arc<Destination>>,
    /// The run's journal, to go on in.
    pub journal: Arc<Journal>,
    /// Ends it early.
    pub cancel: CancellationToken,
    /// Told what stays invisible where there will be no report.
    pub events: Events,
}

/// Remaining work.
struct Open {
    resend: HashMap<String, (Kept, Doubt)>,
    finished: Finished,
}

impl Resumer {
    /// Does what `resume` says is left to do of the journal at `path`, which says `state`.
    ///
    /// # Errors
    /// When the journal cannot be read or written, or the DLQ cannot be received from. What was
    /// done until then is in the journal, and resuming again goes on from there.
    pub async fn run(
        &self,
        path: &Path,
        state: &State,
        resume: Resume,
        progress: &Arc<Progress>,
    ) -> Result<Finished> {
        let period = period_for(self.depth);
        let lease = Arc::new(VisibilityLease::start(self.sqs.clone(), self.from.clone(), period));
        let result = self.with(&lease, path, state, resume, progress).await;
        let released = lease.release_all().await;
        match result {
            Ok(mut finished) => {
                finished.released.merge(released);
                Ok(finished)
            }
            Err(error) => {
                warn_unreleased(&self.events, &released);
                Err(error)
            }
        }
    }

    async fn with(
        &self,
        lease: &Arc<VisibilityLease>,
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
        self.by_old_handles(lease, &mut open, &delete, handles).await?;
        if (lease.awaits() || !open.resend.is_empty()) && !self.cancel.is_cancelled() {
            self.by_receiving(lease, &mut open, progress).await?;
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
        lease: &Arc<VisibilityLease>,
        open: &mut Open,
        acked: &[Acked],
        uncertain: Vec<(String, String)>,
    ) -> Result<()> {
        // What is uncertain is shown to everyone again.
        let held = lease.adopt(uncertain).await;
        open.finished.released.merge_invisible(lease.release(&held).await);
        let handles = acked
            .iter()
            .map(|acked| (acked.message_id().to_owned(), acked.receipt_handle().to_owned()));
        lease.adopt(handles).await;
        let deletable: Vec<Deletable> = acked.iter().map(replayed).collect();
        let outcomes = lease.delete(deletable.clone()).await;
        self.enter(open, deletable.into_iter().zip(outcomes)).await?;
        let handles = open
            .resend
            .iter()
            .map(|(id, (kept, _))| (id.clone(), kept.message.receipt_handle.clone()));
        let held = lease.adopt(handles.collect::<Vec<_>>()).await;
        self.resend(lease, open, held).await
    }

    /// Receives what the DLQ holds; what is of no concern is held meanwhile, so that it is received
    /// once.
    async fn by_receiving(
        &self,
        lease: &Arc<VisibilityLease>,
        open: &mut Open,
        progress: &Arc<Progress>,
    ) -> Result<()> {
        let drain = Arc::new(Drain {
            sqs: self.sqs.clone(),
            queue: self.from.clone(),
            lease: Arc::clone(lease),
            cancel: self.cancel.clone(),
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
            !lease.awaits() && found.len() >= resend
        };
        let drained = drain.run(bound, work, accept).await?;
        self.enter(open, drained.cleared).await?;
        self.resend(lease, open, found).await?;
        let state = self.sqs.state(&self.from).await?;
        // Behind held messages of its group, a message of a FIFO queue cannot be seen.
        let elsewhere = state.in_flight.saturating_sub(lease.held() as u64);
        if drained.end == DrainEnd::Empty && elsewhere == 0 && state.visible == 0 {
            let gone = lease.awaited();
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
    async fn resend(
        &self,
        lease: &Arc<VisibilityLease>,
        open: &mut Open,
        ids: Vec<String>,
    ) -> Result<()> {
        let mut again: Vec<(Kept, Doubt)> =
            ids.iter().filter_map(|id| open.resend.remove(id)).collect();
        again.sort_by_key(|(kept, _)| kept.message.sequence());
        let messages: Vec<OutboxMessage> =
            again.into_iter().filter_map(|(kept, doubt)| self.outgoing(kept, doubt)).collect();
        if messages.is_empty() {
            return Ok(());
        }
        let outbox = Arc::new(Outbox {
            journal: Some(Arc::clone(&self.journal)),
            lease: Some(Arc::clone(lease)),
            ..Outbox::new(self.sqs.clone())
        });
        let pace = Pace::new(None, Duration::ZERO);
        let quiet = Progress::none();
        let outcomes = outbox.send_all(stream::iter(messages), &pace, &self.cancel, &quiet).await?;
        for (id, outcome) in outcomes {
            let outcome = match outcome {
                SendOutcome::Sent { .. } => Resumed::Resent,
                SendOutcome::NotDeleted { reason, .. } => Resumed::NotDeleted { reason },
                SendOutcome::Uncertain { reason }
                | SendOutcome::Failed { reason }
                | SendOutcome::Left { reason } => Resumed::Uncertain { reason },
            };
            open.finished.outcomes.insert(id, outcome);
        }
        Ok(())
    }

    fn outgoing(&self, kept: Kept, doubt: Doubt) -> Option<OutboxMessage> {
        let Kept { message, out, to } = kept;
        // An intent that names no destination is for that of the header, which is the first.
        let to = match to {
            Some(arn) => self.to.get(&arn),
            None => self.to.values().find(|to| to.number == 0),
        };
        Some(OutboxMessage {
            id: message.id.clone(),
            group: message.group_id().map(str::to_owned),
            size: message.size(),
            to: Arc::clone(to?),
            content: Content::Here(Box::new(Dispatch { message, out })),
            doubt: Some(doubt),
            known: true,
        })
    }
}

fn ids(open: &Open) -> HashSet<String> {
    open.resend.keys().cloned().collect()
}
