//! PurgeQueue.

use super::{Queue, Sqs};
use crate::aws::explain;
use crate::error::Result;

impl Sqs {
    /// Deletes all messages of a queue, including those in flight and those sent within the next
    /// minute. The SDK may retry the call: a repetition deletes nothing that the first call did
    /// not.
    ///
    /// # Errors
    /// Fails if the call fails; AWS allows one purge of a queue every 60 s.
    pub async fn purge(&self, queue: &Queue) -> Result<()> {
        let call = self.client.purge_queue().queue_url(&queue.url);
        call.send().await.map(drop).map_err(|error| {
            let denied_for_now =
                error.as_service_error().is_some_and(|error| error.is_purge_queue_in_progress());
            let failed = explain(format!("cannot purge queue {}", queue.name), &error);
            if denied_for_now {
                failed.hint(
                    "SQS allows one purge per queue every 60 s and one is in progress: retry in a minute",
                )
            } else {
                failed
            }
        })
    }
}
