//! A small, faithful SQS: awsJson 1.0, in memory, for the calls the pipeline and its operator use.
//!
//! [`Sqs::handle`] is the whole server: it parses a request into a `SqsCall`, `perform` acts on it and
//! `render` writes the answer. Faults are injected between these steps. All queues are behind one
//! lock; parsing, digests and rendering happen outside it.

mod admin;
mod attributes;
pub(crate) mod check;
mod dedup;
mod delete;
mod error;
mod fault;
mod fifo;
mod handle;
mod line;
mod md5;
mod message;
mod move_task;
mod queue;
mod receive;
mod send;
mod snapshot;
mod state;
mod visibility;
pub(crate) mod wire;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::HeaderValue;
use hyper::{Method, Request, Response, StatusCode};
use parking_lot::{MappedMutexGuard, Mutex, MutexGuard, RwLock};

pub use error::{ErrorKind, SqsError};
pub use message::{AttributeValue, Planted};
pub use queue::MessagePosition;
pub use snapshot::{QueueDepth, QueueSnapshot, SnapshotMessage, Traffic};

use crate::clock::now_ms;
use crate::http::{AWS_JSON, respond, target};
use state::{Cell, SqsState, name_of};
use wire::{SqsCall, SqsReply};

/// Prefix of the `X-Amz-Target` header of every call.
pub const TARGET_PREFIX: &str = "AmazonSQS.";

/// Identity and limits of the server.
#[derive(Debug, Clone)]
pub struct SqsOptions {
    /// Region in ARNs.
    pub region: String,
    /// Account in ARNs and queue URLs.
    pub account: String,
    /// `SenderId` of every message.
    pub sender_id: String,
    /// Maximum number of messages in flight in a queue (AWS: about 120,000).
    pub in_flight_limit: usize,
    /// Minimum time between two purges of a queue (AWS: 60 s).
    pub purge_interval: Duration,
    /// Time until a deleted queue's name can be used again (AWS: 60 s).
    pub recreate_after: Duration,
    /// Messages per second of a move task that requests no rate. AWS chooses it by the backlog, up
    /// to 500, which is also the highest rate a task may request.
    pub move_rate: u32,
    /// How long the counts of messages stay as they were first shown. AWS: they are approximate, and
    /// right about a minute after the last change.
    pub count_lag: Duration,
}

impl Default for SqsOptions {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            sender_id: "AIDASANDBOXSANDBOX000".to_owned(),
            in_flight_limit: 120_000,
            purge_interval: Duration::from_secs(60),
            recreate_after: Duration::from_secs(60),
            move_rate: 500,
            count_lag: Duration::ZERO,
        }
    }
}

/// The server. Clones share its queues.
#[derive(Debug, Clone)]
pub struct Sqs {
    inner: Arc<SqsServer>,
}

#[derive(Debug)]
struct SqsServer {
    options: SqsOptions,
    base_url: RwLock<String>,
    state: Mutex<SqsState>,
}

impl SqsServer {
    fn queue_url(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.base_url.read(), self.options.account)
    }

    fn queue_arn(&self, name: &str) -> String {
        format!("arn:aws:sqs:{}:{}:{name}", self.options.region, self.options.account)
    }
}

impl Sqs {
    /// Returns a server without queues.
    pub fn new(options: SqsOptions) -> Self {
        let base_url = RwLock::new("http://127.0.0.1".to_owned());
        Self { inner: Arc::new(SqsServer { options, base_url, state: Mutex::default() }) }
    }

    /// Sets the start of queue URLs, such as `http://127.0.0.1:4566`, once the port is known.
    pub fn set_base_url(&self, url: impl Into<String>) {
        *self.inner.base_url.write() = url.into().trim_end_matches('/').to_owned();
    }

    /// Returns the URL of a queue, whether or not it exists.
    pub fn queue_url(&self, name: &str) -> String {
        self.inner.queue_url(name)
    }

    /// Returns the ARN of a queue, whether or not it exists.
    pub fn queue_arn(&self, name: &str) -> String {
        self.inner.queue_arn(name)
    }

    /// Locks the state and returns the queue that a request's `QueueUrl` names.
    fn queue(&self, url: &str) -> Result<MappedMutexGuard<'_, Cell>, SqsError> {
        let name = name_of(url, &self.inner.options)?;
        MutexGuard::try_map(self.inner.state.lock(), |state| state.queues.get_mut(name))
            .map_err(|_| SqsError::no_queue(name))
    }

    /// The region and the account of its ARNs.
    pub(crate) fn place(&self) -> (&str, &str) {
        (&self.inner.options.region, &self.inner.options.account)
    }

    /// Answers one awsJson call. Errors are responses.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let result = match parse(&request) {
            Ok(call) => self.perform(call).await,
            Err(error) => Err(error),
        };
        render(result)
    }

    /// Performs one call.
    pub(crate) async fn perform(&self, call: SqsCall) -> Result<SqsReply, SqsError> {
        match call {
            SqsCall::CancelMessageMoveTask(call) => self.cancel_message_move_task(&call),
            SqsCall::ChangeMessageVisibility(call) => self.change_message_visibility(&call),
            SqsCall::ChangeMessageVisibilityBatch(call) => {
                self.change_message_visibility_batch(call)
            }
            SqsCall::CreateQueue(call) => self.create(call),
            SqsCall::DeleteMessage(call) => self.delete_message(&call),
            SqsCall::DeleteMessageBatch(call) => self.delete_message_batch(call),
            SqsCall::DeleteQueue(call) => self.delete_queue(&call),
            SqsCall::GetQueueAttributes(call) => self.get_queue_attributes(&call),
            SqsCall::GetQueueUrl(call) => self.get_queue_url(&call),
            SqsCall::ListDeadLetterSourceQueues(call) => self.list_dead_letter_source_queues(&call),
            SqsCall::ListMessageMoveTasks(call) => self.list_message_move_tasks(&call),
            SqsCall::ListQueueTags(call) => self.list_queue_tags(&call),
            SqsCall::ListQueues(call) => self.list_queues(&call),
            SqsCall::PurgeQueue(call) => self.purge_queue(&call),
            SqsCall::ReceiveMessage(call) => self.receive_message(call).await,
            SqsCall::SendMessage(call) => self.send_message(call),
            SqsCall::SendMessageBatch(call) => self.send_message_batch(call),
            SqsCall::SetQueueAttributes(call) => self.set_queue_attributes(&call),
            SqsCall::StartMessageMoveTask(call) => self.start_message_move_task(&call),
            SqsCall::TagQueue(call) => self.tag_queue(call),
            SqsCall::UntagQueue(call) => self.untag_queue(&call),
        }
    }

    /// Returns a queue with its messages, or `None` if it does not exist. Copies every message: for
    /// counts alone use [`depth`](Self::depth).
    pub fn snapshot(&self, queue: &str) -> Option<QueueSnapshot> {
        self.inner.state.lock().queues.get_mut(queue).map(|cell| cell.snapshot(now_ms()))
    }

    /// Returns the depth and traffic of a queue.
    pub fn depth(&self, queue: &str) -> Option<QueueDepth> {
        self.inner.state.lock().queues.get_mut(queue).map(|cell| cell.depth(now_ms()))
    }

    /// Returns the names of all queues, sorted.
    pub fn queue_names(&self) -> Vec<String> {
        self.inner.state.lock().queues.keys().cloned().collect()
    }
}

/// Returns the action that a request names.
pub(crate) fn action(request: &Request<Bytes>) -> Option<&str> {
    target(request.headers())?.strip_prefix(TARGET_PREFIX)
}

/// Parses a request into a call.
pub(crate) fn parse(request: &Request<Bytes>) -> Result<SqsCall, SqsError> {
    let action = action(request).filter(|_| request.method() == Method::POST).ok_or_else(|| {
        let message = "expected a POST with a header x-amz-target: AmazonSQS.<action>";
        SqsError::new(ErrorKind::UnknownOperation, message)
    })?;
    SqsCall::parse(action, request.body())
}

/// Renders a reply or an error as a response.
pub(crate) fn render(result: Result<SqsReply, SqsError>) -> Response<Bytes> {
    let (status, body, query_error) = match &result {
        Ok(reply) => (StatusCode::OK, serde_json::to_vec(reply), None),
        Err(error) => {
            let body = serde_json::json!({
                "__type": error.kind.json_type(),
                "message": error.message,
            });
            (error.kind.status(), serde_json::to_vec(&body), Some(error.kind))
        }
    };
    // Replies are maps with string keys, which always serialise.
    let mut response = respond(status, AWS_JSON, body.unwrap_or_default());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&message::new_id()) {
        headers.insert("x-amzn-requestid", id);
    }
    if let Some(kind) = query_error {
        let fault = if kind.is_sender_fault() { "Sender" } else { "Receiver" };
        if let Ok(value) = HeaderValue::from_str(&format!("{};{fault}", kind.code())) {
            headers.insert("x-amzn-query-error", value);
        }
    }
    response
}
