//! Sending copies of stored messages, from an export or a redrive's journal, to a queue: each is
//! sent once, however often the command is run.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::{StreamExt, stream};
use reco_core::message::Message;
use reco_core::outcome::Outcome;
use reco_core::run_by::RunBy;
use serde::Serialize;
use tokio::sync::mpsc::{Sender, channel};

use super::export::Opened;
use super::journal::{Home, ImportOrigin, Journal, Ledger, MessageState, each_kept};
use super::lock::{Claim, DlqLock};
use crate::aws::sqs::{BATCH, Queue, Sqs};
use crate::error::{Error, Kind, Result};
use crate::event::{Control, Unit};
use crate::rate::Pace;
use crate::sqs::{Destination, Outbox, OutboxMessage, SendOutcome};

/// What happened to a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "kebab-case")]
pub enum CopyFate {
    /// Sent by an import.
    Sent,
    /// Sent by a restore.
    Restored,
    /// Would be sent.
    Planned,
    /// Sent by an earlier run.
    #[strum(serialize = "already sent")]
    AlreadySent,
    /// Possibly in the queue.
    Uncertain,
    /// Not accepted by the queue.
    Failed,
    /// Not attempted.
    Left,
}

impl CopyFate {
    /// Returns the name used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Copy of one message, with its fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyRow {
    /// Original message id.
    pub message_id: String,
    /// What happened to the copy.
    pub fate: CopyFate,
    /// Reason for the fate, if it needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Message id in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<String>,
}

/// File that stores messages.
#[derive(Debug, Clone)]
pub enum KeptIn {
    /// Written by an export.
    Export(PathBuf),
    /// Journal of a redrive.
    Journal(PathBuf),
}

impl KeptIn {
    fn path(&self) -> &Path {
        match self {
            KeptIn::Export(path) | KeptIn::Journal(path) => path,
        }
    }

    /// Passes on all messages of the file until the receiver is closed.
    async fn read(self, give: Sender<Message>) -> Result<()> {
        let path = match self {
            KeptIn::Export(path) => {
                let mut opened = Opened::open(&path).await?;
                while let Some(message) = opened.next().await? {
                    if give.send(message).await.is_err() {
                        break;
                    }
                }
                return Ok(());
            }
            KeptIn::Journal(path) => path,
        };
        let read = move || {
            each_kept(&path, |kept| {
                let _ = give.blocking_send(kept.message);
                Ok(())
            })
        };
        tokio::task::spawn_blocking(read).await.map_err(unexpected).flatten()
    }
}

fn unexpected(error: tokio::task::JoinError) -> Error {
    Error::unexpected("reading the file")(error)
}

/// Options of a run that sends copies.
#[derive(Debug, Clone)]
pub struct CopyOptions {
    /// Counts no message as sent.
    pub again: bool,
    /// Sends nothing, and locks nothing.
    pub dry_run: bool,
    /// Run on another machine whose lock on the queue is taken over.
    pub take_over: Option<String>,
}

/// Queue that copies are sent to, with the record of what earlier runs sent there.
#[derive(Debug)]
pub struct Copies {
    /// Queue to send to.
    pub queue: Queue,
    /// Its `MaximumMessageSize` in bytes.
    pub limit: usize,
    sqs: Sqs,
    home: Home,
    origin: ImportOrigin,
    ledger: Ledger,
    /// Who sends, and why.
    pub by: RunBy,
    _lock: Option<DlqLock>,
}

impl Copies {
    /// Looks up the queue `to`, locks it unless this is a dry run, and reads what earlier runs sent
    /// from the same origin.
    ///
    /// # Errors
    /// When the queue cannot be found, another run has the lock, or an earlier journal cannot be
    /// read.
    pub async fn open(
        sqs: Sqs,
        home: Home,
        (kind, id): (&'static str, &str),
        to: &str,
        options: CopyOptions,
        control: &Control,
    ) -> Result<Self> {
        let CopyOptions { again, dry_run, take_over } = options;
        let (queue, state) = sqs.resolve(to).await?;
        // Locked before the ledger is read, since another run may be writing it.
        let lock = match dry_run {
            true => None,
            false => {
                let (run_id, take_over) = (Journal::new_run_id(), take_over.as_deref());
                let claim = Claim { home: &home, run_id: &run_id, take_over };
                Some(DlqLock::take(&sqs, &queue, claim, control).await?)
            }
        };
        let by = lock.as_ref().map_or_else(|| control.signer.unsigned(), |lock| lock.by().clone());
        let origin = ImportOrigin { kind, id: id.to_owned(), to: queue.arn.clone() };
        let ledger = Ledger::open(&home, &origin, again)?;
        let limit = state.max_message_bytes;
        Ok(Copies { queue, limit, sqs, home, origin, ledger, by, _lock: lock })
    }

    /// Returns the fate of a message before anything is sent.
    #[must_use]
    pub fn row(&self, message_id: String) -> CopyRow {
        let (fate, reason) = match self.ledger.state(&message_id) {
            MessageState::Sent => (CopyFate::AlreadySent, None),
            MessageState::Uncertain(reason) => (CopyFate::Uncertain, Some(reason)),
            MessageState::ToSend(_) => (CopyFate::Planned, None),
        };
        CopyRow { message_id, fate, reason, sent_as: None }
    }

    /// Sends the planned messages of `rows`, in the order of the file, and enters their fates;
    /// `sent` is the fate of accepted ones. Returns the journal.
    ///
    /// # Errors
    /// When the journal cannot be written, in which case no message was sent.
    pub async fn send(
        &self,
        file: KeptIn,
        rows: &mut [CopyRow],
        sent: CopyFate,
        pace: &Pace,
        control: &Control,
    ) -> Result<Journal> {
        let (journal, stamp) =
            self.ledger.write(&self.home, &self.origin, (self.queue.fifo, &self.by))?;
        let journal = Arc::new(journal);
        let (queue, limit) = (self.queue.clone(), self.limit);
        let to = Arc::new(Destination { number: 0, queue, limit, stamp: Some(stamp) });
        let outbox = Arc::new(Outbox {
            journal: Some(Arc::clone(&journal)),
            journal_destination: Some(to.queue.arn.clone()),
            ..Outbox::new(self.sqs.clone())
        });
        let planned = |(_, row): &(usize, &CopyRow)| row.fate == CopyFate::Planned;
        let planned = rows.iter().enumerate().filter(planned);
        let mut wanted: HashMap<String, usize> =
            planned.map(|(place, row)| (row.message_id.clone(), place)).collect();
        let what = if sent == CopyFate::Restored { "restoring" } else { "importing" };
        let progress = control.events.progress(what, Some(wanted.len() as u64), Unit::Messages);
        let (give, mut take) = channel(2 * BATCH);
        let path = file.path().to_owned();
        let reading = tokio::spawn(file.read(give));
        let messages = stream::poll_fn(|task| take.poll_recv(task)).filter_map(|message| {
            let outgoing = wanted.remove(&message.id).map(|place| {
                let doubt = self.ledger.doubt(&message.id);
                OutboxMessage { doubt, ..OutboxMessage::here(place, message, &to) }
            });
            std::future::ready(outgoing)
        });
        let tell = |place: usize, outcome| rows[place].is_settled(sent, outcome);
        outbox.send_all(messages, pace, &control.cancel, &progress, tell).await?;
        drop(outbox);
        if let Err(error) = reading.await.map_err(unexpected).flatten() {
            control.events.warn(format!("not all of {} was sent: {error}", path.display()));
        }
        for row in rows.iter_mut().filter(|row| row.fate == CopyFate::Planned) {
            let reason = "the file could not be read up to it".to_owned();
            row.is_settled(sent, SendOutcome::Left { reason });
        }
        Arc::into_inner(journal)
            .ok_or_else(|| Error::new(Kind::Internal, "the journal is in use after the last send"))
    }

    /// Returns the journal's path; `None` if the file is removed when this process ends.
    #[must_use]
    pub fn path_of(&self, journal: &Journal) -> Option<String> {
        (!self.home.is_passing()).then(|| journal.path().display().to_string())
    }
}

impl CopyRow {
    fn is_settled(&mut self, sent: CopyFate, outcome: SendOutcome) {
        (self.fate, self.reason, self.sent_as) = match outcome {
            SendOutcome::Sent { sent_as, .. } | SendOutcome::NotDeleted { sent_as, .. } => {
                (sent, None, Some(sent_as))
            }
            SendOutcome::Failed { reason } => (CopyFate::Failed, Some(reason), None),
            SendOutcome::Uncertain { reason } => (CopyFate::Uncertain, Some(reason), None),
            SendOutcome::Left { reason } => (CopyFate::Left, Some(reason), None),
        };
    }
}

/// Writes the end record of a journal. Failing to do so is only a warning: every send is recorded.
pub(super) async fn close(
    journal: &Journal,
    outcome: Outcome,
    counts: BTreeMap<String, u64>,
    control: &Control,
) {
    if let Err(error) = journal.close_with(outcome, counts).await {
        control.events.warn(format!("the journal has no end record: {error}"));
    }
}
