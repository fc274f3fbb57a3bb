//! Every request and answer of the SDK passes here: answers are bounded, a first one that does not
//! come is noticed, and it is known whether anything was received or changed yet.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::sync::Notify;

use crate::error::{Error, Kind};

/// Largest answer. AWS: a receive brings 10 messages of 1 MiB, in JSON at most twice as long; a
/// BatchGetItem 16 MB, in DynamoDB's JSON at most four times as long.
const LARGEST_ANSWER: usize = 64 << 20;

/// Time that the first answer may take, retries included, before the endpoint is named.
const FIRST_ANSWER: Duration = Duration::from_secs(25);

/// Operations that receive nothing and change nothing. Whatever is not on this list counts as work.
const LOOKS: [&str; 13] = [
    "GetQueueUrl",
    "GetQueueAttributes",
    "ListQueues",
    "ListQueueTags",
    "ListDeadLetterSourceQueues",
    "ListMessageMoveTasks",
    "DescribeTable",
    "DescribeTimeToLive",
    "DescribeContinuousBackups",
    "BatchGetItem",
    "GetItem",
    "Query",
    "GetSecretValue",
];

/// Record of the calls of a run, shared by all clients.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    at_work: AtomicBool,
    answered: AtomicBool,
    first: OnceLock<String>,
    asked: Notify,
}

impl Watch {
    /// The configuration, with this watch between the SDK and the network.
    #[must_use]
    pub fn over(&self, config: SdkConfig) -> SdkConfig {
        let inner = config.http_client().unwrap_or_else(reco_store::http::direct);
        let watched = SharedHttpClient::new(Client { inner, watch: self.clone() });
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

    /// Ends when the first request has been without a whole answer for too long; never where one
    /// came.
    pub async fn silence(&self) -> Error {
        let asked = self.0.asked.notified();
        if self.0.first.get().is_none() {
            asked.await;
        }
        tokio::time::sleep(FIRST_ANSWER).await;
        if self.0.answered.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let what = self.0.first.get().map_or("AWS", String::as_str);
        Error::new(Kind::Service, format!("no response from {what}"))
            .cause(format!(
                "the first call got no complete response within {} s",
                FIRST_ANSWER.as_secs()
            ))
            .hint(
                "check the region, --endpoint-url and the network; no message was received and nothing was changed",
            )
    }

    fn asks(&self, request: &HttpRequest) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        // CloudWatch, which recoctl only reads, has no such header.
        if !operation.is_empty() && !LOOKS.contains(&operation) {
            self.begin_work();
        }
        if self.0.first.get().is_none() {
            let uri = request.uri();
            let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            let what = format!("{scheme}://{host} {operation}");
            let _ = self.0.first.set(what.trim_end().to_owned());
            self.0.asked.notify_waiters();
        }
    }
}

#[derive(Debug)]
struct Client {
    inner: SharedHttpClient,
    watch: Watch,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, watch: self.watch.clone() })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    watch: Watch,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.watch.asks(&request);
        let (answer, watch) = (self.inner.call(request), self.watch.clone());
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| {
                let seen = Arc::clone(&watch.0);
                SdkBody::from_body_1_x(Bounded { body, left: LARGEST_ANSWER, seen })
            }))
        })
    }
}

/// The body of an answer: fails past its bound, and says when it came to its end.
struct Bounded {
    body: SdkBody,
    left: usize,
    seen: Arc<Seen>,
}

impl Body for Bounded {
    type Data = Bytes;
    type Error = aws_smithy_types::body::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        match frame {
            None => {
                self.seen.answered.store(true, Ordering::SeqCst);
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
        let ended = self.body.is_end_stream();
        if ended {
            self.seen.answered.store(true, Ordering::SeqCst);
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn bounded(bytes: usize, left: usize) -> (Bounded, Watch) {
        let watch = Watch::default();
        let seen = Arc::clone(&watch.0);
        (Bounded { body: SdkBody::from(vec![b'x'; bytes]), left, seen }, watch)
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
        for work in ["AmazonSQS.ReceiveMessage", "AmazonSQS.PurgeQueue", "DynamoDB_20120810.New"] {
            assert!(ask(work).0, "{work}");
        }
    }
}
