//! Responses of the service.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Attributes, Texts};
use crate::sqs::error::SqsError;
use crate::sqs::message::StoredContent;
use crate::sqs::move_task::MoveTask;

/// One reply, not yet rendered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum SqsReply {
    Empty {},
    #[serde(rename_all = "PascalCase")]
    QueueUrl {
        queue_url: String,
    },
    #[serde(rename_all = "PascalCase")]
    QueueUrls {
        queue_urls: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_token: Option<String>,
    },
    /// The only list whose name begins with a lower-case letter in the service model.
    SourceQueues {
        #[serde(rename = "queueUrls")]
        queue_urls: Vec<String>,
        #[serde(rename = "NextToken", skip_serializing_if = "Option::is_none")]
        next_token: Option<String>,
    },
    #[serde(rename_all = "PascalCase")]
    Attributes {
        attributes: Texts,
    },
    #[serde(rename_all = "PascalCase")]
    Tags {
        tags: Texts,
    },
    Sent(SentMessage),
    SentBatch(BatchReply<SentEntry>),
    #[serde(rename_all = "PascalCase")]
    Received {
        #[serde(skip_serializing_if = "Vec::is_empty")]
        messages: Vec<ReceivedMessage>,
    },
    Batch(BatchReply<DoneEntry>),
    #[serde(rename_all = "PascalCase")]
    TaskStarted {
        task_handle: String,
    },
    #[serde(rename_all = "PascalCase")]
    TaskCancelled {
        approximate_number_of_messages_moved: u64,
    },
    #[serde(rename_all = "PascalCase")]
    Tasks {
        results: Vec<MoveTask>,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SentMessage {
    pub message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    pub md5_of_body: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    pub md5_of_attributes: Option<String>,
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    pub md5_of_system_attributes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
}

/// Reply to a batch, with status 200 even if entries failed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BatchReply<E> {
    pub successful: Vec<E>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SentEntry {
    pub id: String,
    #[serde(flatten)]
    pub sent: SentMessage,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DoneEntry {
    pub id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FailedEntry {
    pub id: String,
    pub sender_fault: bool,
    pub code: String,
    pub message: String,
}

impl<E> BatchReply<E> {
    /// Calls `each` for every entry; an error becomes that entry's failure.
    pub fn collect<T>(
        entries: impl IntoIterator<Item = (String, T)>,
        mut each: impl FnMut(String, T) -> Result<E, SqsError>,
    ) -> Self {
        let mut reply = Self { successful: Vec::new(), failed: Vec::new() };
        for (id, entry) in entries {
            match each(id.clone(), entry) {
                Ok(done) => reply.successful.push(done),
                Err(error) => reply.failed.push(FailedEntry {
                    id,
                    sender_fault: error.kind.is_sender_fault(),
                    code: error.kind.code().to_owned(),
                    message: error.message,
                }),
            }
        }
        reply
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReceivedMessage {
    pub message_id: String,
    pub receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    pub md5_of_body: String,
    /// Shared with the queue: a body is copied only into the response.
    #[serde(rename = "Body", serialize_with = "body")]
    pub content: Arc<StoredContent>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<&'static str, String>,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    pub md5_of_attributes: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: Attributes,
}

fn body<S: Serializer>(content: &Arc<StoredContent>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&content.body)
}
