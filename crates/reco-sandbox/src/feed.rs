//! A producer that sends lists for many users to the source queue, in batches and at a given rate.

use crate::seed::{Population, list};
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures::{StreamExt as _, stream};
use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// AWS: SendMessageBatch takes up to 10 messages and 1 MiB in total.
const MAX_BATCH: u64 = 10;
const MAX_BATCH_BYTES: u64 = 1024 * 1024;
/// Batches in flight at a time.
const AT_ONCE: usize = 4;

/// Load to send.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lists {
    /// Number of users, one list each.
    pub users: u64,
    /// Articles per list.
    pub length: u64,
    /// Users per message.
    pub per_message: u64,
    /// Users per second; `None` sends as fast as the queue accepts.
    pub rate: Option<f64>,
    /// Generation time of every list, in epoch seconds.
    pub generated_at: i64,
}

impl Lists {
    /// Returns the number of messages.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.users.div_ceil(self.per_message)
    }

    /// Returns the size of the largest message, in bytes.
    #[must_use]
    pub fn message_bytes(&self) -> u64 {
        let last = self.users.saturating_sub(self.per_message.min(self.users));
        self.body(last, self.users).len() as u64
    }

    /// Returns the number of messages per call.
    fn batch(&self) -> u64 {
        // A message above the byte limit of a call is sent alone and refused.
        (MAX_BATCH_BYTES / self.message_bytes().max(1)).clamp(1, MAX_BATCH)
    }

    /// Returns the message for users `first` up to but excluding `end`.
    fn body(&self, first: u64, end: u64) -> String {
        #[derive(Serialize)]
        struct ListsMessage {
            data: Vec<(u64, Vec<u64>)>,
            generated_at: i64,
        }
        let entry = |user| (user, list(user, self.length).collect());
        let data = (first..end).map(Population::user).map(entry).collect();
        let message = ListsMessage { data, generated_at: self.generated_at };
        // A struct of numbers always serialises.
        serde_json::to_string(&message).unwrap_or_default()
    }
}

/// Counts of sent messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fed {
    /// Users whose lists were accepted.
    pub users: u64,
    /// Messages accepted by the queue.
    pub messages: u64,
    /// Messages not accepted; they are not resent.
    pub refused: u64,
    /// Time from the first call to the last answer.
    pub took: Duration,
}

/// A producer that sends [`Lists`] to a queue.
#[derive(Debug, Clone)]
pub struct Feed {
    client: Client,
    queue_url: String,
    lists: Lists,
}

impl Feed {
    pub(crate) fn new(sdk: &SdkConfig, queue_url: String, lists: Lists) -> Self {
        Self { client: Client::new(sdk), queue_url, lists }
    }

    /// Sends until all is sent or `stop` is cancelled. Calls `sent` with the number of users
    /// accepted in each batch.
    pub async fn run(&self, stop: &CancellationToken, sent: impl Fn(u64)) -> Fed {
        let begun = Instant::now();
        let size = self.lists.batch() * self.lists.per_message;
        let starts = (0..self.lists.users).step_by(usize::try_from(size).unwrap_or(usize::MAX));
        let due = |first: u64| {
            let rate = self.lists.rate?;
            Some(begun + Duration::from_secs_f64(first as f64 / rate))
        };
        let calls = stream::iter(starts).map(|first| async move {
            if let Some(due) = due(first) {
                stop.run_until_cancelled(tokio::time::sleep_until(due)).await?;
            }
            if stop.is_cancelled() { None } else { Some(self.send(first, first + size).await) }
        });
        let mut calls = std::pin::pin!(calls.buffered(AT_ONCE));
        let mut fed = Fed::default();
        while let Some(Some(batch)) = calls.next().await {
            fed.users += batch.users;
            fed.messages += batch.messages;
            fed.refused += batch.refused;
            sent(batch.users);
        }
        Fed { took: begun.elapsed(), ..fed }
    }

    /// Sends one batch: the users `first` up to but excluding `end`.
    async fn send(&self, first: u64, end: u64) -> Fed {
        let Lists { users, per_message, .. } = self.lists;
        let starts = (first..end.min(users)).step_by(usize::try_from(per_message).unwrap_or(1));
        let spans: Vec<(u64, u64)> =
            starts.map(|first| (first, (first + per_message).min(users))).collect();
        let entries = spans.iter().enumerate().filter_map(|(index, (first, end))| {
            SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(self.lists.body(*first, *end))
                .build()
                .ok()
        });
        let call = self.client.send_message_batch().queue_url(&self.queue_url);
        let taken: Vec<usize> = match call.set_entries(Some(entries.collect())).send().await {
            Ok(answer) => {
                answer.successful().iter().filter_map(|sent| sent.id().parse().ok()).collect()
            }
            Err(error) => {
                tracing::warn!(error = %DisplayErrorContext(&error), "a batch was not sent");
                Vec::new()
            }
        };
        let span = |index: &usize| spans.get(*index).map_or(0, |(first, end)| end - first);
        Fed {
            users: taken.iter().map(span).sum(),
            messages: taken.len() as u64,
            refused: (spans.len() - taken.len()) as u64,
            took: Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reco_core::decode::decode;

    const LISTS: Lists =
        Lists { users: 120, length: 100, per_message: 50, rate: None, generated_at: 7 };

    #[test]
    fn a_message_is_one_of_the_pipeline() {
        let decoded = decode(&LISTS.body(50, 100)).expect("decodes");
        assert_eq!((decoded.entries.len(), decoded.bad.len()), (50, 0));
        let entry = &decoded.entries[49];
        assert_eq!(entry.recommendation.user.to_string(), "100");
        assert_eq!(entry.recommendation.articles.len(), 100);
    }

    #[test]
    fn the_largest_message_is_known_before_anything_is_sent() {
        let largest =
            (0..120).step_by(50).map(|first| LISTS.body(first, (first + 50).min(120)).len());
        assert_eq!(LISTS.message_bytes(), LISTS.body(70, 120).len() as u64);
        assert!(LISTS.message_bytes() >= largest.max().expect("some") as u64);
        assert_eq!((LISTS.messages(), LISTS.batch()), (3, 10));
    }
}
