//! DeleteMessageBatch and ChangeMessageVisibilityBatch: a successful call can still report failures
//! of single entries.

use std::future::Future;
use std::time::Duration;

use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
};
use reco_core::settle::Deletable;
use reco_store::retry::RetryOptions;

use super::{BATCH, CallEffect, CallFailure, Queue, Sqs};

/// Retries of entries that failed through no fault of the request.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 6,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(3),
};

/// Reason why one entry failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// SQS error code, or `call` if the whole call failed.
    pub code: String,
    /// SQS error message.
    pub message: String,
    /// True if the request was at fault, so that a retry would fail again.
    pub sender_fault: bool,
}

impl Fault {
    /// Returns whether this handle no longer holds the message: it is visible or deleted, or a
    /// later receive holds it.
    #[must_use]
    pub fn is_lapsed(&self) -> bool {
        ["MessageNotInflight", "ReceiptHandleIsInvalid"].iter().any(|code| self.code.contains(code))
            || self.message.contains("not available for visibility timeout change")
    }

    fn of(entry: &BatchResultErrorEntry) -> Self {
        Fault {
            code: entry.code.clone(),
            message: entry.message.clone().unwrap_or_default(),
            sender_fault: entry.sender_fault,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code.as_str() {
            "call" => f.write_str(&self.message),
            code => write!(f, "{code}: {}", self.message),
        }
    }
}

/// Outcome of each entry, in request order.
pub type Fates = Vec<Result<(), Fault>>;

/// Result of one call: ids that succeeded and ids that failed.
struct Answer {
    done: Vec<String>,
    failed: Vec<BatchResultErrorEntry>,
}

impl Sqs {
    /// Deletes up to 10 messages whose copies are safe. Retries entries that fail temporarily;
    /// deleting twice is harmless.
    pub async fn delete(&self, queue: &Queue, messages: &[Deletable]) -> Fates {
        each(messages.len(), |entries| {
            let call = self.client.delete_message_batch().queue_url(&queue.url).set_entries(
                entries
                    .iter()
                    .map(|at| {
                        DeleteMessageBatchRequestEntry::builder()
                            .id(at.to_string())
                            .receipt_handle(messages[*at].receipt_handle())
                            .build()
                            .ok()
                    })
                    .collect(),
            );
            async move {
                let answer = call.send().await.map_err(|error| {
                    let what = format!("cannot delete from queue {}", queue.name);
                    call_fault(&CallFailure::of(what, &error))
                })?;
                let done = answer.successful.into_iter().map(|entry| entry.id).collect();
                Ok(Answer { done, failed: answer.failed })
            }
        })
        .await
    }

    /// Hides up to 10 messages for `hide` from now on; zero makes them visible at once. Retries
    /// entries that fail temporarily.
    pub async fn change_visibility(
        &self,
        queue: &Queue,
        handles: &[&str],
        hide: Duration,
    ) -> Fates {
        // AWS: ChangeMessageVisibility: 0 to 43,200 s.
        let seconds = i32::try_from(hide.as_secs().min(43_200)).unwrap_or(0);
        each(handles.len(), |entries| {
            let call = self.client.change_message_visibility_batch().queue_url(&queue.url);
            let call = call.set_entries(
                entries
                    .iter()
                    .map(|at| {
                        ChangeMessageVisibilityBatchRequestEntry::builder()
                            .id(at.to_string())
                            .receipt_handle(handles[*at])
                            .visibility_timeout(seconds)
                            .build()
                            .ok()
                    })
                    .collect(),
            );
            async move {
                let what = format!("cannot change visibility in queue {}", queue.name);
                let answer = call
                    .send()
                    .await
                    .map_err(|error| call_fault(&CallFailure::of(what, &error)))?;
                let done = answer.successful.into_iter().map(|entry| entry.id).collect();
                Ok(Answer { done, failed: answer.failed })
            }
        })
        .await
    }
}

fn call_fault(failure: &CallFailure) -> Fault {
    let sender_fault = failure.effect == CallEffect::Refused;
    Fault { code: "call".to_owned(), message: failure.error.to_string(), sender_fault }
}

/// Repeats the call until every entry has succeeded or is at fault, or the attempts run out. A call
/// that fails as a whole is not repeated here, because the SDK has already retried it.
async fn each<F, Fut>(entries: usize, call: F) -> Fates
where
    F: Fn(Vec<usize>) -> Fut,
    Fut: Future<Output = Result<Answer, Fault>>,
{
    debug_assert!(entries <= BATCH);
    let mut fates: Vec<Option<Result<(), Fault>>> = vec![None; entries];
    for attempt in 1..=RETRIES.max_attempts {
        let open: Vec<usize> = (0..entries).filter(|at| is_open(fates[*at].as_ref())).collect();
        if open.is_empty() {
            break;
        }
        if attempt > 1 {
            tokio::time::sleep(RETRIES.delay(attempt - 1)).await;
        }
        match call(open.clone()).await {
            Ok(answer) => note(&mut fates, &answer),
            Err(fault) => {
                for at in open {
                    fates[at] = Some(Err(fault.clone()));
                }
                break;
            }
        }
    }
    fates.into_iter().map(|fate| fate.unwrap_or_else(|| Err(unmentioned()))).collect()
}

fn is_open(fate: Option<&Result<(), Fault>>) -> bool {
    match fate {
        None => true,
        Some(Ok(())) => false,
        Some(Err(fault)) => !fault.sender_fault,
    }
}

fn note(fates: &mut [Option<Result<(), Fault>>], answer: &Answer) {
    for entry in &answer.failed {
        if let Some(fate) = entry.id.parse().ok().and_then(|at: usize| fates.get_mut(at)) {
            *fate = Some(Err(Fault::of(entry)));
        }
    }
    for id in &answer.done {
        if let Some(fate) = id.parse().ok().and_then(|at: usize| fates.get_mut(at)) {
            *fate = Some(Ok(()));
        }
    }
}

fn unmentioned() -> Fault {
    Fault {
        code: "unmentioned".to_owned(),
        message: "the response does not list this entry".to_owned(),
        sender_fault: false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn failed(id: usize, sender_fault: bool) -> BatchResultErrorEntry {
        BatchResultErrorEntry::builder()
            .id(id.to_string())
            .code("InternalError")
            .sender_fault(sender_fault)
            .build()
            .expect("all is set")
    }

    #[tokio::test(start_paused = true)]
    async fn only_entries_that_may_succeed_are_tried_again() {
        let calls = Mutex::new(Vec::new());
        let fates = each(4, |entries| {
            let first = {
                let mut calls = calls.lock().expect("unpoisoned");
                calls.push(entries.clone());
                calls.len() == 1
            };
            async move {
                if first {
                    // 0 succeeds, 1 is at fault, 2 may succeed later, 3 is missing from the answer.
                    let failed = vec![failed(1, true), failed(2, false)];
                    return Ok(Answer { done: vec!["0".to_owned()], failed });
                }
                Ok(Answer {
                    done: entries.iter().map(ToString::to_string).collect(),
                    failed: vec![],
                })
            }
        })
        .await;
        assert_eq!(*calls.lock().expect("unpoisoned"), [vec![0, 1, 2, 3], vec![2, 3]]);
        assert!(fates[0].is_ok() && fates[2].is_ok() && fates[3].is_ok());
        assert!(fates[1].as_ref().is_err_and(|fault| fault.sender_fault));
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_that_keeps_failing_is_reported_as_failed() {
        let fates =
            each(1, |_| async { Ok(Answer { done: vec![], failed: vec![failed(0, false)] }) })
                .await;
        assert!(fates[0].as_ref().is_err_and(|fault| fault.code == "InternalError"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_call_fails_what_was_open_and_nothing_else() {
        let fault = Fault { code: "call".into(), message: "down".into(), sender_fault: false };
        let fates = each(2, |_| {
            let fault = fault.clone();
            async move { Err(fault) }
        })
        .await;
        assert!(fates.iter().all(Result::is_err));
    }
}
