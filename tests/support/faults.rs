//! A server in front of the sandbox's SQS that fails on purpose.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use reco_sandbox::sqs::Sqs;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use crate::support::Harness;

/// Fate of one call.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "each test binary uses a part of it")]
pub enum Fault {
    /// No fault: the call is served.
    None,
    /// Throttled, without effect.
    Throttle,
    /// Access denied, without effect.
    Deny,
    /// Takes effect, but answers 500.
    FailAfter,
    /// Takes effect, but closes the connection instead of answering.
    DropAfter,
    /// No effect and no answer; the connection stays open.
    Hang,
    /// Takes effect for all entries but these, which fail inside the answer.
    FailEntries {
        /// Indices of the entries.
        entries: Vec<usize>,
        /// Value of `SenderFault`: the request is at fault.
        sender_fault: bool,
    },
    /// Takes effect, but the answer carries a wrong MD5 of the first entry's body.
    WrongMd5,
}

/// Chooses a fault by action and by the number of earlier calls of that action.
pub type Rule = Arc<dyn Fn(&str, usize) -> Fault + Send + Sync>;

/// Rule by which every call of this action goes wrong.
#[allow(dead_code, reason = "each test binary uses a part of it")]
pub fn always(
    action: &'static str,
    fault: Fault,
) -> impl Fn(&str, usize) -> Fault + Send + Sync + 'static {
    move |called, _| if called == action { fault.clone() } else { Fault::None }
}

/// Actions of the calls so far, in order.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    /// Returns the number of calls of an action.
    pub fn count(&self, action: &str) -> usize {
        self.0.lock().expect("unpoisoned").iter().filter(|known| *known == action).count()
    }

    fn note(&self, action: &str) -> usize {
        let before = self.count(action);
        self.0.lock().expect("unpoisoned").push(action.to_owned());
        before
    }
}

/// Puts the server between recoctl and the sandbox's SQS from now on; returns the calls it sees.
#[allow(dead_code, reason = "each test binary uses a part of it")]
pub fn in_front(
    harness: &mut Harness,
    rule: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
) -> Calls {
    let sqs = harness.the_sandbox().sqs().clone();
    let (endpoint, calls) = harness.runtime.block_on(start(sqs, Arc::new(rule)));
    harness.set("AWS_ENDPOINT_URL_SQS", &endpoint);
    calls
}

/// Starts the server on the current runtime; returns its endpoint and the calls it sees.
pub async fn start(sqs: Sqs, rule: Rule) -> (String, Calls) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let calls = Calls::default();
    let seen = calls.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, sqs.clone(), Arc::clone(&rule), seen.clone()));
        }
    });
    (endpoint, calls)
}

async fn connection(stream: TcpStream, sqs: Sqs, rule: Rule, calls: Calls) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (sqs, rule, calls) = (sqs.clone(), Arc::clone(&rule), calls.clone());
        async move {
            match answer(request, &sqs, &rule, &calls).await {
                Some(response) => Ok::<_, std::io::Error>(response.map(Full::new)),
                // An error instead of an answer makes the server close the connection.
                None => Err(std::io::Error::other("dropped on purpose")),
            }
        }
    });
    let _: Result<(), _> =
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    sqs: &Sqs,
    rule: &Rule,
    calls: &Calls,
) -> Option<Response<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    let target = parts.headers.get("x-amz-target")?.to_str().ok()?.to_owned();
    let action = target.rsplit('.').next().unwrap_or_default().to_owned();
    let fault = rule(&action, calls.note(&action));
    let serve = |body: Bytes| sqs.handle(Request::from_parts(parts.clone(), body));
    match fault {
        Fault::None => Some(serve(body).await),
        Fault::Throttle => Some(error(400, "com.amazonaws.sqs#RequestThrottled")),
        Fault::Deny => Some(error(403, "AccessDeniedException")),
        Fault::FailAfter => {
            serve(body).await;
            Some(error(500, "InternalFailure"))
        }
        Fault::DropAfter => {
            serve(body).await;
            None
        }
        Fault::Hang => std::future::pending::<Option<Response<Bytes>>>().await,
        Fault::FailEntries { entries, sender_fault } => {
            let (kept, failed) = split(&body, &entries, sender_fault);
            let response = serve(kept).await;
            Some(with_failed(response, failed))
        }
        Fault::WrongMd5 => {
            let (head, body) = serve(body).await.into_parts();
            let mut value: Value = serde_json::from_slice(&body).expect("JSON");
            value["Successful"][0]["MD5OfMessageBody"] = json!("00000000000000000000000000000000");
            Some(rebuilt(head, &value))
        }
    }
}

fn error(status: u16, code: &str) -> Response<Bytes> {
    let body = json!({"__type": code, "message": "on purpose"}).to_string();
    Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(Bytes::from(body))
        .expect("a response")
}

fn split(body: &Bytes, entries: &[usize], sender_fault: bool) -> (Bytes, Vec<Value>) {
    let mut value: Value = serde_json::from_slice(body).expect("JSON");
    let all = value["Entries"].as_array().cloned().unwrap_or_default();
    let (failed, kept): (Vec<_>, Vec<_>) =
        all.into_iter().enumerate().partition(|(at, _)| entries.contains(at));
    value["Entries"] = kept.into_iter().map(|(_, entry)| entry).collect();
    let failed = failed.into_iter().map(|(_, entry)| {
        json!({
            "Id": entry["Id"], "Code": "InternalError", "Message": "on purpose",
            "SenderFault": sender_fault,
        })
    });
    (Bytes::from(value.to_string()), failed.collect())
}

fn with_failed(response: Response<Bytes>, failed: Vec<Value>) -> Response<Bytes> {
    let (mut head, body) = response.into_parts();
    let mut value: Value = serde_json::from_slice(&body).expect("JSON");
    if value["Successful"].is_null() {
        // All entries were removed, and SQS refuses an empty batch.
        head.status = hyper::StatusCode::OK;
        value = json!({"Successful": []});
        head.headers.remove("x-amzn-query-error");
    }
    value["Failed"] = Value::Array(failed);
    rebuilt(head, &value)
}

fn rebuilt(mut head: hyper::http::response::Parts, value: &Value) -> Response<Bytes> {
    head.headers.remove("content-length");
    Response::from_parts(head, Bytes::from(value.to_string()))
}
