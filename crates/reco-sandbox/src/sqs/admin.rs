//! Calls on queues as a whole: create, find, list, set, purge, delete.

use std::collections::BTreeMap;

use super::attributes::{QueueSettings, check_readable};
use super::check::{self, in_range};
use super::error::{ErrorKind, SqsError};
use super::state::{Cell, SqsState};
use super::wire::{
    CreateQueue, GetQueueAttributes, GetQueueUrl, ListDeadLetterSourceQueues, ListQueues,
    SetQueueAttributes, SqsReply, TagQueue, ToQueue, UntagQueue,
};
use super::{Sqs, now_ms};

/// AWS: a list holds at most 1,000 queues.
const MAX_LISTED: usize = 1000;

impl Sqs {
    /// Creates a queue, or finds an existing one of that name with the same attributes; returns its
    /// URL.
    ///
    /// # Errors
    /// Those of CreateQueue: a bad name or attribute, attributes that differ from the existing
    /// queue's, or a name deleted less than [`recreate_after`](super::SqsOptions::recreate_after)
    /// ago.
    pub fn create_queue(
        &self,
        name: &str,
        attributes: &[(&str, &str)],
    ) -> Result<String, SqsError> {
        let attributes = attributes.iter().copied();
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        self.create_with(name, &attributes.map(own).collect(), BTreeMap::new())
    }

    pub(super) fn create(&self, call: CreateQueue) -> Result<SqsReply, SqsError> {
        let queue_url = self.create_with(&call.queue_name, &call.attributes, call.tags)?;
        Ok(SqsReply::QueueUrl { queue_url })
    }

    fn create_with(
        &self,
        name: &str,
        attributes: &BTreeMap<String, String>,
        tags: BTreeMap<String, String>,
    ) -> Result<String, SqsError> {
        let settings = QueueSettings::default().with(attributes)?;
        check_name(name, settings.fifo)?;
        let now = now_ms();
        let mut state = self.inner.state.lock();
        if let Some(cell) = state.queues.get(name) {
            same_as_existing(cell, attributes)?;
            return Ok(self.inner.queue_url(name));
        }
        let wait = u64::try_from(self.inner.options.recreate_after.as_millis()).unwrap_or(u64::MAX);
        if state.deleted.get(name).is_some_and(|at| at.saturating_add(wait) > now) {
            return Err(SqsError::new(
                ErrorKind::QueueDeletedRecently,
                format!(
                    "you must wait {} s after deleting the queue {name} before you can create \
                     another with the same name",
                    wait / 1000
                ),
            ));
        }
        check_redrive(&state, &settings, &self.inner.queue_arn(name))?;
        let mut cell = Cell::new(self.inner.queue_arn(name).into(), settings, now);
        cell.tags = tags;
        state.queues.insert(name.to_owned(), cell);
        Ok(self.inner.queue_url(name))
    }

    pub(super) fn delete_queue(&self, call: &ToQueue) -> Result<SqsReply, SqsError> {
        let mut state = self.inner.state.lock();
        let arn = state.by_url(&call.queue_url, &self.inner.options)?.arn.clone();
        let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
        if let Some(cell) = state.queues.remove(&name) {
            cell.changed.notify_waiters();
        }
        state.deleted.insert(name, now_ms());
        Ok(SqsReply::Empty {})
    }

    pub(super) fn get_queue_url(&self, call: &GetQueueUrl) -> Result<SqsReply, SqsError> {
        if call.queue_name.is_empty() {
            return Err(SqsError::missing("QueueName"));
        }
        let ours = call.owner.as_ref().is_none_or(|owner| *owner == self.inner.options.account);
        if ours && self.inner.state.lock().queues.contains_key(&call.queue_name) {
            return Ok(SqsReply::QueueUrl { queue_url: self.inner.queue_url(&call.queue_name) });
        }
        Err(SqsError::no_queue(&call.queue_name))
    }

    pub(super) fn list_queues(&self, call: &ListQueues) -> Result<SqsReply, SqsError> {
        let prefix = call.queue_name_prefix.as_deref().unwrap_or_default();
        let state = self.inner.state.lock();
        let names = state.queues.keys().filter(|name| name.starts_with(prefix));
        let (names, next_token) = page(names, call.max_results, call.next_token.as_deref())?;
        let queue_urls = names.into_iter().map(|name| self.inner.queue_url(name)).collect();
        Ok(SqsReply::QueueUrls { queue_urls, next_token })
    }

    pub(super) fn list_dead_letter_source_queues(
        &self,
        call: &ListDeadLetterSourceQueues,
    ) -> Result<SqsReply, SqsError> {
        let mut state = self.inner.state.lock();
        let arn = state.by_url(&call.queue_url, &self.inner.options)?.arn.clone();
        let names = state.sources_of(&arn);
        let (names, next_token) = page(names, call.max_results, call.next_token.as_deref())?;
        let queue_urls = names.into_iter().map(|name| self.inner.queue_url(name)).collect();
        Ok(SqsReply::SourceQueues { queue_urls, next_token })
    }

    pub(super) fn get_queue_attributes(
        &self,
        call: &GetQueueAttributes,
    ) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        call.attribute_names.iter().try_for_each(|name| check_readable(name))?;
        let lag = self.inner.options.count_lag.as_millis();
        let mut attributes = cell.attributes(u64::try_from(lag).unwrap_or(u64::MAX));
        let wanted = &call.attribute_names;
        if !wanted.iter().any(|name| name == "All") {
            attributes.retain(|name, _| wanted.contains(name));
        }
        Ok(SqsReply::Attributes { attributes })
    }

    pub(super) fn set_queue_attributes(
        &self,
        call: &SetQueueAttributes,
    ) -> Result<SqsReply, SqsError> {
        let mut state = self.inner.state.lock();
        let old = state.by_url(&call.queue_url, &self.inner.options)?.settings.clone();
        let settings = old.clone().with(&call.attributes)?;
        if settings.fifo != old.fifo {
            let message = "the attribute FifoQueue cannot be changed after creation";
            return Err(SqsError::new(ErrorKind::InvalidAttributeName, message));
        }
        let name = call.queue_url.rsplit('/').next().unwrap_or_default();
        check_redrive(&state, &settings, &self.inner.queue_arn(name))?;
        let cell = state.by_url(&call.queue_url, &self.inner.options)?;
        cell.queue.retention_ms = settings.retention_s * 1000;
        cell.settings = settings;
        cell.modified_ms = now_ms();
        Ok(SqsReply::Empty {})
    }

    pub(super) fn purge_queue(&self, call: &ToQueue) -> Result<SqsReply, SqsError> {
        let now = now_ms();
        let interval = self.inner.options.purge_interval.as_millis();
        let mut cell = self.queue(&call.queue_url)?;
        if cell.purged_ms.is_some_and(|at| u128::from(now.saturating_sub(at)) < interval) {
            return Err(SqsError::new(
                ErrorKind::PurgeQueueInProgress,
                format!("only one purge is allowed every {} s", interval / 1000),
            ));
        }
        cell.purged_ms = Some(now);
        cell.queue.purge();
        Ok(SqsReply::Empty {})
    }

    pub(super) fn tag_queue(&self, call: TagQueue) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        let mut tags = cell.tags.clone();
        tags.extend(call.tags);
        check::tags(&tags)?;
        cell.tags = tags;
        Ok(SqsReply::Empty {})
    }

    pub(super) fn untag_queue(&self, call: &UntagQueue) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        cell.tags.retain(|key, _| !call.tag_keys.contains(key));
        Ok(SqsReply::Empty {})
    }

    pub(super) fn list_queue_tags(&self, call: &ToQueue) -> Result<SqsReply, SqsError> {
        Ok(SqsReply::Tags { tags: self.queue(&call.queue_url)?.tags.clone() })
    }
}

impl Cell {
    fn attributes(&mut self, lag_ms: u64) -> BTreeMap<String, String> {
        let now = now_ms();
        let counts = match self.shown {
            Some((at, counts)) if now < at.saturating_add(lag_ms) => counts,
            _ => self.queue.counts(now),
        };
        if self.shown.is_none_or(|(at, _)| now >= at.saturating_add(lag_ms)) {
            self.shown = Some((now, counts));
        }
        let mut all = self.settings.render();
        let mut show = |name: &str, value: String| all.insert(name.to_owned(), value);
        show("ApproximateNumberOfMessages", counts.visible.to_string());
        show("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string());
        show("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string());
        show("CreatedTimestamp", (self.created_ms / 1000).to_string());
        show("LastModifiedTimestamp", (self.modified_ms / 1000).to_string());
        show("QueueArn", self.arn.to_string());
        all
    }
}

/// AWS: up to 80 letters, digits, '-' and '_', including the `.fifo` that ends a FIFO queue's name.
fn check_name(name: &str, fifo: bool) -> Result<(), SqsError> {
    if name.is_empty() {
        return Err(SqsError::missing("QueueName"));
    }
    let stem = if fifo { name.strip_suffix(".fifo").unwrap_or_default() } else { name };
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if !stem.is_empty() && name.len() <= 80 && stem.bytes().all(alphabet) {
        return Ok(());
    }
    let reason =
        "a name has 1 to 80 letters, digits, '-' and '_', and ends in .fifo on a FIFO queue";
    Err(SqsError::invalid("QueueName", name, reason))
}

/// AWS: creating a queue again succeeds when every given attribute equals the existing one.
fn same_as_existing(cell: &Cell, given: &BTreeMap<String, String>) -> Result<(), SqsError> {
    let wanted = cell.settings.clone().with(given)?;
    if wanted == cell.settings {
        return Ok(());
    }
    let (now, then) = (wanted.render(), cell.settings.render());
    let differs = now.iter().find(|(name, value)| then.get(*name) != Some(value));
    let name = differs.map_or("RedrivePolicy", |(name, _)| name);
    Err(SqsError::new(
        ErrorKind::QueueNameExists,
        format!(
            "a queue already exists with the same name and a different value for attribute {name}"
        ),
    ))
}

/// AWS: the dead-letter queue must exist, be of the same type as its source, and allow it by its
/// redrive-allow policy, by default any.
fn check_redrive(state: &SqsState, settings: &QueueSettings, source: &str) -> Result<(), SqsError> {
    let Some(policy) = &settings.redrive else { return Ok(()) };
    let arn = &policy.dead_letter_target_arn;
    let refuse = |reason| Err(SqsError::invalid("RedrivePolicy", arn, reason));
    match state.name_by_arn(arn).and_then(|name| state.queues.get(name)) {
        None => refuse("dead letter target does not exist"),
        Some(cell) if cell.settings.fifo != settings.fifo => {
            refuse("dead letter target must be of the same type, standard or FIFO, as its source")
        }
        Some(cell) if !cell.settings.allows_source(source) => {
            refuse("the redrive allow policy of the dead letter target does not allow this queue")
        }
        Some(_) => Ok(()),
    }
}

/// Returns one page of sorted names; the token is the last name of the page before.
///
/// AWS: a token comes back only when `MaxResults` was given.
fn page<'a>(
    names: impl Iterator<Item = &'a String>,
    max_results: Option<i64>,
    after: Option<&str>,
) -> Result<(Vec<&'a String>, Option<String>), SqsError> {
    let max = match max_results {
        Some(max) => usize::try_from(in_range("MaxResults", max, 1..=1000)?).unwrap_or(MAX_LISTED),
        None => MAX_LISTED,
    };
    let mut names: Vec<_> = names
        .filter(|name| after.is_none_or(|after| name.as_str() > after))
        .take(max + 1)
        .collect();
    let more = names.len() > max;
    names.truncate(max);
    let token = names.last().filter(|_| more && max_results.is_some());
    let token = token.map(|name| (*name).clone());
    Ok((names, token))
}
