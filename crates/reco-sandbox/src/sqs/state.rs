//! All queues of the account, behind one lock, so that a move between queues is atomic.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::Notify;

use super::SqsOptions;
use super::attributes::QueueSettings;
use super::dedup::{FirstSend, Recent};
use super::error::SqsError;
use super::handle::ReceiptClaim;
use super::message::StoredMessage;
use super::move_task::MoveTask;
use super::queue::{MessageQueue, QueueCounts};
use super::snapshot::Traffic;

#[derive(Debug, Default)]
pub(crate) struct SqsState {
    pub queues: BTreeMap<String, Cell>,
    /// Deletion times of queues, by name.
    pub deleted: HashMap<String, u64>,
    /// Move tasks, oldest first.
    pub tasks: Vec<MoveTask>,
}

/// A queue with its settings, counts and deduplication state.
#[derive(Debug)]
pub(crate) struct Cell {
    pub arn: Arc<str>,
    /// Distinguishes this queue's receipt handles from those of other queues, including a deleted
    /// one of the same name.
    pub uid: u64,
    pub settings: QueueSettings,
    pub queue: MessageQueue,
    /// Sends by deduplication id and its scope; FIFO only.
    pub sends: Recent<FirstSend>,
    /// Messages handed out by receive attempt id; FIFO only.
    pub attempts: Recent<Vec<ReceiptClaim>>,
    pub tags: BTreeMap<String, String>,
    pub created_ms: u64,
    pub modified_ms: u64,
    pub purged_ms: Option<u64>,
    /// When its counts were taken that are shown, and what they were.
    pub shown: Option<(u64, QueueCounts)>,
    pub traffic: Traffic,
    /// Woken when a message may have become visible.
    pub changed: Arc<Notify>,
}

impl Cell {
    pub fn new(arn: Arc<str>, settings: QueueSettings, now: u64) -> Self {
        Self {
            arn,
            uid: fastrand::u64(..),
            queue: MessageQueue::new(settings.fifo, settings.retention_s * 1000),
            settings,
            sends: Recent::default(),
            attempts: Recent::default(),
            tags: BTreeMap::new(),
            created_ms: now,
            modified_ms: now,
            purged_ms: None,
            shown: None,
            traffic: Traffic::default(),
            changed: Arc::new(Notify::new()),
        }
    }
}

impl SqsState {
    /// Returns the queue that a request's `QueueUrl` names.
    pub fn by_url(&mut self, url: &str, options: &SqsOptions) -> Result<&mut Cell, SqsError> {
        let name = name_of(url, options)?;
        self.queues.get_mut(name).ok_or_else(|| SqsError::no_queue(name))
    }

    /// Returns the name of the queue with this ARN, if it belongs to this account.
    pub fn name_by_arn(&self, arn: &str) -> Option<&str> {
        let name = arn.rsplit(':').next()?;
        let (name, cell) = self.queues.get_key_value(name)?;
        (*cell.arn == *arn).then_some(name)
    }

    /// Returns the names of the queues whose redrive policy names `arn`.
    pub fn sources_of(&self, arn: &str) -> impl Iterator<Item = &String> {
        self.queues.iter().filter_map(move |(name, cell)| {
            let policy = cell.settings.redrive.as_ref()?;
            (policy.dead_letter_target_arn == arn).then_some(name)
        })
    }

    /// Puts messages that a redrive policy took from `source` into the dead-letter queue.
    ///
    /// AWS: standard queues keep the enqueue time, FIFO queues reset it; on FIFO queues the
    /// deduplication id becomes the original message id.
    pub fn bury(&mut self, source: &Arc<str>, target: &str, dead: Vec<StoredMessage>, now: u64) {
        let Some(cell) = self.queues.get_mut(target) else { return };
        for mut message in dead {
            message.dead_letter_source = Some(source.clone());
            if cell.settings.fifo {
                message.sent_ms = now;
                message.deduplication_id = Some(message.id.clone());
            }
            cell.queue.put(message, 0, now);
        }
        cell.changed.notify_waiters();
    }
}

/// Returns the queue name in a queue URL: `scheme://host/account/name`.
///
/// Accepts any host, since the server cannot know its own behind a gateway or a port forward.
pub(super) fn name_of<'a>(url: &'a str, options: &SqsOptions) -> Result<&'a str, SqsError> {
    if url.is_empty() {
        return Err(SqsError::missing("QueueUrl"));
    }
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let name = parts.next().unwrap_or_default();
    match parts.next() {
        Some(account) if account == options.account => Ok(name),
        Some(_) => Err(SqsError::no_queue(url)),
        None => Err(SqsError::new(
            super::ErrorKind::InvalidAddress,
            format!("the address {url} is not valid for this endpoint"),
        )),
    }
}
