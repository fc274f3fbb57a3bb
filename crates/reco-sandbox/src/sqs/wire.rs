//! The awsJson 1.0 shapes of the supported calls, named as in the service model.

mod reply;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{ErrorKind, SqsError};
use super::message::AttributeValue;
pub(crate) use reply::*;

type Attributes = BTreeMap<String, AttributeValue>;
type Texts = BTreeMap<String, String>;

/// One call, parsed.
#[derive(Debug)]
pub(crate) enum SqsCall {
    CancelMessageMoveTask(CancelMessageMoveTask),
    ChangeMessageVisibility(ToOne<VisibilityEntry>),
    ChangeMessageVisibilityBatch(ToBatch<VisibilityEntry>),
    CreateQueue(CreateQueue),
    DeleteMessage(ToOne<DeleteEntry>),
    DeleteMessageBatch(ToBatch<DeleteEntry>),
    DeleteQueue(ToQueue),
    GetQueueAttributes(GetQueueAttributes),
    GetQueueUrl(GetQueueUrl),
    ListDeadLetterSourceQueues(ListDeadLetterSourceQueues),
    ListMessageMoveTasks(ListMessageMoveTasks),
    ListQueueTags(ToQueue),
    ListQueues(ListQueues),
    PurgeQueue(ToQueue),
    ReceiveMessage(ReceiveMessage),
    SendMessage(ToOne<Outgoing>),
    SendMessageBatch(ToBatch<Outgoing>),
    SetQueueAttributes(SetQueueAttributes),
    StartMessageMoveTask(StartMessageMoveTask),
    TagQueue(TagQueue),
    UntagQueue(UntagQueue),
}

impl SqsCall {
    /// Parses the body of `action`.
    pub fn parse(action: &str, body: &[u8]) -> Result<Self, SqsError> {
        // A call without parameters may come without a body.
        let body = if body.is_empty() { b"{}" } else { body };
        Ok(match action {
            "CancelMessageMoveTask" => Self::CancelMessageMoveTask(read(body)?),
            "ChangeMessageVisibility" => Self::ChangeMessageVisibility(read(body)?),
            "ChangeMessageVisibilityBatch" => Self::ChangeMessageVisibilityBatch(read(body)?),
            "CreateQueue" => Self::CreateQueue(read(body)?),
            "DeleteMessage" => Self::DeleteMessage(read(body)?),
            "DeleteMessageBatch" => Self::DeleteMessageBatch(read(body)?),
            "DeleteQueue" => Self::DeleteQueue(read(body)?),
            "GetQueueAttributes" => Self::GetQueueAttributes(read(body)?),
            "GetQueueUrl" => Self::GetQueueUrl(read(body)?),
            "ListDeadLetterSourceQueues" => Self::ListDeadLetterSourceQueues(read(body)?),
            "ListMessageMoveTasks" => Self::ListMessageMoveTasks(read(body)?),
            "ListQueueTags" => Self::ListQueueTags(read(body)?),
            "ListQueues" => Self::ListQueues(read(body)?),
            "PurgeQueue" => Self::PurgeQueue(read(body)?),
            "ReceiveMessage" => Self::ReceiveMessage(read(body)?),
            "SendMessage" => Self::SendMessage(read(body)?),
            "SendMessageBatch" => Self::SendMessageBatch(read(body)?),
            "SetQueueAttributes" => Self::SetQueueAttributes(read(body)?),
            "StartMessageMoveTask" => Self::StartMessageMoveTask(read(body)?),
            "TagQueue" => Self::TagQueue(read(body)?),
            "UntagQueue" => Self::UntagQueue(read(body)?),
            _ => {
                return Err(SqsError::new(
                    ErrorKind::UnknownOperation,
                    format!("the action {action:?} is not one this server knows"),
                ));
            }
        })
    }
}

fn read<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, SqsError> {
    serde_json::from_slice(body)
        .map_err(|error| SqsError::new(ErrorKind::Serialization, error.to_string()))
}

// Fields are optional or defaulted so that a missing one is answered with MissingParameter or the
// like, as SQS does, and not with a parse error.

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ToQueue {
    pub queue_url: String,
}

/// A call about one message, which has the fields of a batch's entry without the id.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ToOne<E> {
    #[serde(default)]
    pub queue_url: String,
    #[serde(flatten)]
    pub entry: E,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ToBatch<E> {
    #[serde(default)]
    pub queue_url: String,
    #[serde(default = "Vec::new")]
    pub entries: Vec<E>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct CreateQueue {
    pub queue_name: String,
    pub attributes: Texts,
    #[serde(rename = "tags")]
    pub tags: Texts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SetQueueAttributes {
    pub queue_url: String,
    pub attributes: Texts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct GetQueueAttributes {
    pub queue_url: String,
    pub attribute_names: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct GetQueueUrl {
    pub queue_name: String,
    #[serde(rename = "QueueOwnerAWSAccountId")]
    pub owner: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListQueues {
    pub queue_name_prefix: Option<String>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListDeadLetterSourceQueues {
    pub queue_url: String,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct TagQueue {
    pub queue_url: String,
    pub tags: Texts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UntagQueue {
    pub queue_url: String,
    pub tag_keys: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Outgoing {
    pub id: String,
    pub message_body: String,
    pub delay_seconds: Option<i64>,
    pub message_attributes: Attributes,
    pub message_system_attributes: Attributes,
    pub message_deduplication_id: Option<String>,
    pub message_group_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ReceiveMessage {
    pub queue_url: String,
    pub attribute_names: Vec<String>,
    pub message_system_attribute_names: Vec<String>,
    pub message_attribute_names: Vec<String>,
    pub max_number_of_messages: Option<i64>,
    pub visibility_timeout: Option<i64>,
    pub wait_time_seconds: Option<i64>,
    pub receive_request_attempt_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DeleteEntry {
    pub id: String,
    pub receipt_handle: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct VisibilityEntry {
    pub id: String,
    pub receipt_handle: String,
    pub visibility_timeout: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct StartMessageMoveTask {
    pub source_arn: String,
    pub destination_arn: Option<String>,
    pub max_number_of_messages_per_second: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListMessageMoveTasks {
    pub source_arn: String,
    pub max_results: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct CancelMessageMoveTask {
    pub task_handle: String,
}
