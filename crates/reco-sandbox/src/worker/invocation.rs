//! One invocation: the function under its timeout, its metrics, and the deletes after it.

use super::{Answer, EventSourceMapping, event};
use aws_lambda_events::event::sqs::SqsBatchResponse;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// A running invocation among those of the function, until it ends.
struct RunningSlot<'a>(&'a AtomicUsize);

impl Drop for RunningSlot<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// AWS: DeleteMessageBatch takes 10 entries.
const MAX_DELETE: usize = 10;

impl EventSourceMapping {
    /// Invokes the function with a batch and deletes the messages it handled.
    pub(super) async fn invoke(&self, batch: Vec<Message>) {
        let concurrent = self.options.concurrency.max(1) - self.free.available_permits();
        // AWS: "Configuring scaling behavior for SQS event source mappings": what is received for an
        // invocation that is throttled comes again after its visibility timeout, a receive the poorer.
        let place = self.invoked.fetch_add(1, Ordering::SeqCst);
        let _place = RunningSlot(&self.invoked);
        if self.options.reserved.is_some_and(|reserved| place >= reserved) {
            self.record("Throttles", 1.0);
            return;
        }
        self.record("Invocations", 1.0);
        self.record("Throttles", 0.0);
        self.record("ConcurrentExecutions", concurrent as f64);
        let started = Instant::now();
        let answer = self.answer(&batch, started + self.options.timeout).await;
        self.record("Duration", started.elapsed().as_secs_f64() * 1_000.0);
        self.record("Errors", if answer.is_err() { 1.0 } else { 0.0 });
        match answer {
            Ok(response) => self.delete(&handled(&batch, &response)).await,
            Err(error) => {
                let messages = batch.len();
                tracing::warn!(%error, messages, "an invocation failed; its messages will be redelivered");
            }
        }
    }

    /// Returns the function's answer. A timeout aborts it and a panic is an error, as in Lambda.
    async fn answer(&self, batch: &[Message], deadline: Instant) -> Answer {
        let running =
            tokio::spawn((self.function)(event::of(batch, &self.source.queue_arn), deadline));
        let abort = running.abort_handle();
        match tokio::time::timeout_at(deadline.into(), running).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(ended)) => Err(format!("the function ended abnormally: {ended}")),
            Err(_) => {
                abort.abort();
                let seconds = self.options.timeout.as_secs_f64();
                Err(format!("Task timed out after {seconds:.2} seconds"))
            }
        }
    }

    async fn delete(&self, messages: &[&Message]) {
        for chunk in messages.chunks(MAX_DELETE) {
            let entries = chunk.iter().enumerate().filter_map(|(index, message)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(message.receipt_handle.clone()?)
                    .build()
                    .ok()
            });
            let call = self
                .source
                .client
                .delete_message_batch()
                .queue_url(&self.source.queue_url)
                .set_entries(Some(entries.collect()));
            match call.send().await {
                Ok(answer) => {
                    for failed in answer.failed() {
                        tracing::warn!(code = failed.code(), "a handled message was not deleted");
                    }
                }
                Err(error) => {
                    let error = DisplayErrorContext(&error);
                    tracing::warn!(%error, "handled messages were not deleted");
                }
            }
        }
    }

    fn record(&self, metric: &str, value: f64) {
        let dimensions = [("FunctionName", self.source.function_name.as_str())];
        self.metrics.record_now("AWS/Lambda", metric, &dimensions, value);
    }
}

/// Returns the messages of a batch that were handled according to the response.
///
/// AWS (ReportBatchItemFailures): an empty list means success; an empty or unknown identifier
/// fails the whole batch.
fn handled<'a>(batch: &'a [Message], response: &SqsBatchResponse) -> Vec<&'a Message> {
    let known: HashSet<&str> = batch.iter().filter_map(Message::message_id).collect();
    let failed: HashSet<&str> = response
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.as_str())
        .collect();
    if !failed.is_subset(&known) {
        return Vec::new();
    }
    let succeeded =
        |message: &&Message| message.message_id().is_some_and(|id| !failed.contains(id));
    batch.iter().filter(succeeded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_decides_what_was_handled() {
        let batch: Vec<Message> =
            ["a", "b", "c"].iter().map(|id| Message::builder().message_id(*id).build()).collect();
        let ids = |failed: &[&str]| {
            let mut response = SqsBatchResponse::default();
            response.set_failures(failed.iter().copied());
            let handled = handled(&batch, &response);
            handled.iter().filter_map(|message| message.message_id()).collect::<Vec<_>>().join("")
        };
        assert_eq!(ids(&[]), "abc");
        assert_eq!(ids(&["b"]), "ac");
        assert_eq!(ids(&["a", "b", "c"]), "");
        assert_eq!(ids(&["b", ""]), "", "an empty identifier fails the batch");
        assert_eq!(ids(&["z"]), "", "an unknown identifier fails the batch");
    }
}
