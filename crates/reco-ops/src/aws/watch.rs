//! Monitoring of all SDK requests and responses: limits the size of responses, detects a missing
//! first response, reports later silences, bounds waits after a signal, and records whether
//! anything was received or changed yet.

mod silence;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use reco_store::http::{Stopped, over};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::silence::{NAMED_AFTER, Silence};
use crate::error::{Error, Kind};

/// Maximum size of a response. AWS: a receive returns 10 messages of 1 MiB, at most twice as long
/// in JSON; a BatchGetItem 16 MB, at most four times as long in DynamoDB's JSON.
const LARGEST_ANSWER: usize = 64 << 20;

/// Hint when the first call gets no response.
const NOTHING_DONE: &str = "check the region, --endpoint-url and the network; \
                            no message was received and nothing was changed";

/// Maximum wait for the first response, retries included, before the endpoint is reported.
const FIRST_ANSWER: Duration = NAMED_AFTER;

/// Maximum wait until the endpoint of the first call can be reached, retries included.
const FIRST_CONNECTION: Duration = Duration::from_millis(2_800);

/// Maximum wait for a response after a signal: calls in flight can finish, but an endpoint that
/// never answers does not hold up the end of the run.
const LAST_ANSWER: Duration = Duration::from_secs(10);

/// The same limit for calls that change nothing, and for all calls after one such timeout.
const NO_MORE: Duration = Duration::from_secs(1);

/// Polling interval for silent endpoints.
const LOOK: Duration = Duration::from_secs(1);

/// Read-only operations that receive no messages. All others count as work.
const LOOKS: [&str; 14] = [
    "GetQueueUrl",
    "GetQueueAttributes",
    "ListQueues",
    "ListQueueTags",
    "ListDeadLetterSourceQueues",
    "ListMessageMoveTasks",
    "DescribeTable",
    "DescribeTimeToLive",
    "BatchGetItem",
    "GetItem",
    "Scan",
    "GetSecretValue",
    "FilterLogEvents",
    "DescribeLogGroups",
];

/// Record of a run's calls, shared by all clients.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    at_work: AtomicBool,
    answered: AtomicBool,
    first: OnceLock<String>,
    asked: Notify,
    silence: Mutex<Silence>,
    /// Reason why the endpoint of the first call could not be reached.
    unreachable: OnceLock<String>,
    /// Set when a response did not come in time after the signal.
    gone: AtomicBool,
    /// Cancelled by the first signal.
    cancel: CancellationToken,
}

impl Watch {
    /// Creates a watch for a run that `cancel` ends.
    #[must_use]
    pub fn new(cancel: CancellationToken) -> Self {
        Watch(Arc::new(Seen { cancel, ..Seen::default() }))
    }

    /// Returns the configuration with this watch between the SDK and the network.
    #[must_use]
    pub fn over(&self, config: SdkConfig) -> SdkConfig {
        let inner = config.http_client().unwrap_or_else(reco_store::http::direct);
        let watch = self.clone();
        let watched = over([inner], move |[inner], request| watch.call(inner, request));
        config.into_builder().http_client(watched).build()
    }

    /// Marks the start of work that must finish in its own way after a signal.
    pub fn begin_work(&self) {
        self.0.at_work.store(true, Ordering::SeqCst);
    }

    /// Returns whether anything was received or changed yet.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        self.0.at_work.load(Ordering::SeqCst)
    }

    /// Resolves if the first request gets no complete response in time; otherwise never.
    pub async fn silence(&self) -> Error {
        let asked = self.0.asked.notified();
        if self.0.first.get().is_none() {
            asked.await;
        }
        tokio::time::sleep(FIRST_CONNECTION).await;
        if !self.0.answered.load(Ordering::SeqCst)
            && let Some(why) = self.0.unreachable.get()
        {
            return self.unreachable(why);
        }
        tokio::time::sleep(FIRST_ANSWER - FIRST_CONNECTION).await;
        if self.0.answered.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let what = self.0.first.get().map_or("AWS", String::as_str);
        Error::new(Kind::Service, format!("no response from {what}"))
            .cause(format!(
                "the first call got no complete response within {} s",
                FIRST_ANSWER.as_secs()
            ))
            .hint(NOTHING_DONE)
    }

    fn unreachable(&self, why: &str) -> Error {
        let what = self.0.first.get().map_or("AWS", String::as_str);
        let endpoint = what.split(' ').next().unwrap_or(what);
        Error::new(Kind::Service, format!("cannot reach {endpoint}")).cause(why).hint(NOTHING_DONE)
    }

    /// Reports silences as they occur; never resolves.
    pub async fn tell_silences(&self, tell: impl Fn(String)) -> Infallible {
        loop {
            tokio::time::sleep(LOOK).await;
            // `silence` reports a missing first response.
            if self.0.answered.load(Ordering::SeqCst)
                && let Some(words) = self.0.silence().untold(Instant::now())
            {
                tell(words);
            }
        }
    }

    fn call(&self, inner: &impl HttpConnector, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request).to_owned();
        let is_look = operation.is_empty() || LOOKS.contains(&operation.as_str());
        let may_end = is_look || self.0.gone.load(Ordering::SeqCst);
        if may_end && is_repeated(&request) && self.0.cancel.is_cancelled() {
            return HttpConnectorFuture::ready(Err(stopped()));
        }
        let under_way = UnderWay::begin(&self.0, &self.asks(&request));
        let (answer, seen) = (inner.call(request), Arc::clone(&self.0));
        HttpConnectorFuture::new(async move {
            let late = too_late(Arc::clone(&seen), is_look);
            let mut answer = tokio::select! {
                biased;
                answer = answer => answer.inspect_err(|error| seen.failed(error))?,
                () = late => return Err(stopped()),
            };
            let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
            let late = Box::pin(too_late(seen, is_look));
            let bounded = Bounded { body, left: LARGEST_ANSWER, under_way, late };
            *answer.body_mut() = SdkBody::from_body_1_x(bounded);
            Ok(answer)
        })
    }

    /// Records a request; returns its endpoint and operation.
    fn asks(&self, request: &HttpRequest) -> String {
        let operation = operation(request);
        // CloudWatch, which recoctl only reads, has no such header.
        if !operation.is_empty() && !LOOKS.contains(&operation) {
            self.begin_work();
        }
        let uri = request.uri();
        let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        let what = format!("{scheme}://{host} {operation}").trim_end().to_owned();
        if self.0.first.get().is_none() {
            let _ = self.0.first.set(what.clone());
            self.0.asked.notify_waiters();
        }
        what
    }
}

/// Returns the innermost cause of a failure, which names it.
fn innermost(error: &ConnectorError) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Returns the operation of a request; empty for CloudWatch.
fn operation(request: &HttpRequest) -> &str {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default()
}

/// Returns whether a request is a retry by the SDK: `amz-sdk-request: attempt=2; max=8`.
fn is_repeated(request: &HttpRequest) -> bool {
    let attempt = request.headers().get("amz-sdk-request").unwrap_or_default();
    attempt.split(';').any(|part| {
        let number = part.trim().strip_prefix("attempt=");
        number.and_then(|number| number.parse().ok()).is_some_and(|number: u32| number > 1)
    })
}

/// Returns the error of a call abandoned after a signal. The SDK would retry a timeout.
fn stopped() -> ConnectorError {
    ConnectorError::other(Stopped.into(), None)
}

/// Resolves when the grace period after the signal is over.
async fn too_late(seen: Arc<Seen>, is_look: bool) {
    seen.cancel.cancelled().await;
    let gone = seen.gone.load(Ordering::SeqCst);
    tokio::time::sleep(if gone || is_look { NO_MORE } else { LAST_ANSWER }).await;
    seen.gone.store(true, Ordering::SeqCst);
}

impl Seen {
    /// Records that an endpoint could not be reached, if none has answered yet.
    fn failed(&self, error: &ConnectorError) {
        if !self.answered.load(Ordering::SeqCst) && (error.is_io() || error.is_timeout()) {
            let _ = self.unreachable.set(innermost(error));
        }
    }

    fn silence(&self) -> MutexGuard<'_, Silence> {
        self.silence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Call in flight, until its response is complete or it is abandoned.
struct UnderWay {
    seen: Arc<Seen>,
    open: bool,
}

impl UnderWay {
    fn begin(seen: &Arc<Seen>, what: &str) -> Self {
        seen.silence().begins(Instant::now(), what);
        UnderWay { seen: Arc::clone(seen), open: true }
    }

    fn answered(&mut self) {
        self.seen.answered.store(true, Ordering::SeqCst);
        self.seen.gone.store(false, Ordering::SeqCst);
        if std::mem::take(&mut self.open) {
            self.seen.silence().answered(Instant::now());
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.open {
            self.seen.silence().gave_up(Instant::now());
        }
    }
}

/// Response body that fails past the size limit and records when it is complete.
struct Bounded {
    body: SdkBody,
    left: usize,
    under_way: UnderWay,
    late: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
}

impl Body for Bounded {
    type Data = Bytes;
    type Error = aws_smithy_types::body::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => frame,
            Poll::Pending if self.late.as_mut().poll(cx).is_ready() => {
                return Poll::Ready(Some(Err(Stopped.into())));
            }
            Poll::Pending => return Poll::Pending,
        };
        match frame {
            None => {
                self.under_way.answered();
                Poll::Ready(None)
            }
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                match self.left.checked_sub(length) {
                    Some(left) => {
                        self.left = left;
                        Poll::Ready(Some(Ok(frame)))
                    }
                    None => {
                        let most = LARGEST_ANSWER >> 20;
                        let why = format!("the response is larger than {most} MiB");
                        Poll::Ready(Some(Err(why.into())))
                    }
                }
            }
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
        }
    }

    fn is_end_stream(&self) -> bool {
        // The body is not polled for another frame once this returns true.
        self.body.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn bounded(bytes: usize, left: usize) -> (Bounded, Watch) {
        let watch = Watch::default();
        let under_way = UnderWay::begin(&watch.0, "x");
        let late = Box::pin(std::future::pending());
        (Bounded { body: SdkBody::from(vec![b'x'; bytes]), left, under_way, late }, watch)
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_fails_and_is_no_answer() {
        let (body, watch) = bounded(10, 10);
        assert_eq!(body.collect().await.expect("it fits").to_bytes().len(), 10);
        assert!(watch.0.answered.load(Ordering::SeqCst));
        let (body, watch) = bounded(11, 10);
        assert!(body.collect().await.is_err_and(|error| error.to_string().contains("larger")));
        assert!(!watch.0.answered.load(Ordering::SeqCst));
    }

    #[test]
    fn what_is_no_look_is_work() {
        let ask = |target: &str| {
            let watch = Watch::default();
            let mut request = HttpRequest::new(SdkBody::empty());
            request.set_uri("http://127.0.0.1:1/q?x").expect("a URI");
            request.headers_mut().insert("x-amz-target", target.to_owned());
            watch.asks(&request);
            (watch.is_at_work(), watch.0.first.get().cloned())
        };
        let first = |words: &str| Some(words.to_owned());
        assert_eq!(ask("AmazonSQS.GetQueueUrl"), (false, first("http://127.0.0.1:1 GetQueueUrl")));
        assert_eq!(
            ask("DynamoDB_20120810.DescribeTable"),
            (false, first("http://127.0.0.1:1 DescribeTable"))
        );
        for (said, repeated) in
            [("", false), ("attempt=1; max=8", false), ("attempt=2; max=8", true), ("x", false)]
        {
            let mut request = HttpRequest::new(SdkBody::empty());
            request.headers_mut().insert("amz-sdk-request", said.to_owned());
            assert_eq!(is_repeated(&request), repeated, "{said}");
        }
        for work in ["AmazonSQS.ReceiveMessage", "AmazonSQS.PurgeQueue", "DynamoDB_20120810.New"] {
            assert!(ask(work).0, "{work}");
        }
    }
}
