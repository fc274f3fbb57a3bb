//! Tags of a queue.

use super::{Queue, Sqs};
use crate::aws::explain;
use crate::error::Result;

impl Sqs {
    /// Returns the value of a tag of the queue, if it has that tag.
    ///
    /// # Errors
    /// Fails if the call to SQS fails.
    pub async fn tag(&self, queue: &Queue, key: &str) -> Result<Option<String>> {
        let call = self.client.list_queue_tags().queue_url(&queue.url);
        let answer = call.send().await.map_err(|error| {
            explain(format!("cannot read the tags of queue {}", queue.name), &error)
        })?;
        Ok(answer.tags.and_then(|mut tags| tags.remove(key)))
    }

    /// Sets a tag of the queue.
    ///
    /// # Errors
    /// Fails if the call to SQS fails.
    pub async fn set_tag(&self, queue: &Queue, key: &str, value: &str) -> Result<()> {
        let call = self.client.tag_queue().queue_url(&queue.url).tags(key, value);
        call.send()
            .await
            .map(drop)
            .map_err(|error| explain(format!("cannot tag queue {}", queue.name), &error))
    }

    /// Removes a tag of the queue.
    ///
    /// # Errors
    /// Fails if the call to SQS fails.
    pub async fn remove_tag(&self, queue: &Queue, key: &str) -> Result<()> {
        let call = self.client.untag_queue().queue_url(&queue.url).tag_keys(key);
        call.send()
            .await
            .map(drop)
            .map_err(|error| explain(format!("cannot untag queue {}", queue.name), &error))
    }
}
