//! Receives batches by size and window, no more than there are free invocations.

use super::{EventSourceMapping, event};
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// AWS: one receive returns at most 10 messages.
const MAX_RECEIVE: usize = 10;
/// Wait time of a long poll.
const LONG_POLL: Duration = Duration::from_secs(5);
/// Pause between short polls, in the last second of a window.
const SHORT_POLL: Duration = Duration::from_millis(50);
/// Time to wait after a receive that failed.
const AFTER_ERROR: Duration = Duration::from_millis(200);

/// AWS: Lambda quotas, the payload of an invocation: 6 MB.
const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

/// A batch in parts whose events fit an invocation; Lambda cuts batches there, whatever their size.
fn within_payload(batch: Vec<Message>, queue_arn: &str) -> Vec<Vec<Message>> {
    let mut parts: Vec<Vec<Message>> = Vec::new();
    let mut taken = MAX_PAYLOAD;
    for message in batch {
        let size = event::size(&message, queue_arn);
        if taken + size > MAX_PAYLOAD {
            parts.push(Vec::new());
            taken = 0;
        }
        taken += size;
        if let Some(part) = parts.last_mut() {
            part.push(message);
        }
    }
    parts
}

impl EventSourceMapping {
    /// Polls and invokes until `stop` is cancelled, then waits for the running invocations.
    pub(super) async fn poll_until(self, stop: CancellationToken) {
        // The permit is taken before the receive: messages are handled at once, and do not wait
        // while their visibility timeout runs.
        while let Some(Ok(free)) = stop.run_until_cancelled(self.free.clone().acquire_owned()).await
        {
            let Some(batch) = self.batch(&stop).await else {
                break;
            };
            if batch.is_empty() {
                continue;
            }
            let mapping = self.clone();
            self.running.spawn(async move {
                for part in within_payload(batch, &mapping.source.queue_arn) {
                    mapping.invoke(part).await;
                }
                drop(free);
            });
        }
        self.running.close();
        self.running.wait().await;
    }

    /// Returns a batch that is full or whose window has closed; `None` when stopped with nothing
    /// received.
    async fn batch(&self, stop: &CancellationToken) -> Option<Vec<Message>> {
        let mut batch = self.receive(self.options.batch_size, LONG_POLL, stop).await?;
        let closes = Instant::now() + self.options.window;
        while !batch.is_empty() && batch.len() < self.options.batch_size {
            let left = closes.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // SQS waits in whole seconds. A receive is never cut off at the window's end: its
            // messages would stay invisible until their visibility timeout expires.
            if left < Duration::from_secs(1) {
                tokio::time::sleep(left.min(SHORT_POLL)).await;
            }
            let room = self.options.batch_size - batch.len();
            match self.receive(room, left, stop).await {
                Some(more) => batch.extend(more),
                // Stopped: messages already received are still handled.
                None => break,
            }
        }
        Some(batch)
    }

    async fn receive(
        &self,
        room: usize,
        wait: Duration,
        stop: &CancellationToken,
    ) -> Option<Vec<Message>> {
        let call = self
            .source
            .client
            .receive_message()
            .queue_url(&self.source.queue_url)
            .max_number_of_messages(room.min(MAX_RECEIVE) as i32)
            .wait_time_seconds(wait.min(LONG_POLL).as_secs() as i32)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send();
        match stop.run_until_cancelled(call).await? {
            Ok(answer) => Some(answer.messages.unwrap_or_default()),
            Err(error) => {
                tracing::warn!(error = %DisplayErrorContext(&error), "the worker cannot receive");
                stop.run_until_cancelled(tokio::time::sleep(AFTER_ERROR)).await?;
                Some(Vec::new())
            }
        }
    }
}
