//! Stand-in for DynamoDB with scripted replies.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// One scripted reply to `BatchWriteItem` or, where it makes sense, `PutItem`.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Everything is written.
    Written,
    /// The last `n` requests come back unprocessed, inside a 200.
    Unprocessed(usize),
    /// All requests come back unprocessed.
    NothingProcessed,
    /// An error with this status and body.
    Error(u16, Value),
    /// No reply within any test's timeout.
    Silence,
    /// The connection is closed without a reply.
    HangUp,
}

/// A running server. Replies are used in order; the last one is repeated.
#[derive(Debug, Clone)]
pub struct Stub {
    pub port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A call that the server received.
#[derive(Debug, Clone)]
pub struct Call {
    pub at: Instant,
    /// User keys put or deleted, as text.
    pub users: Vec<String>,
    pub body: Value,
}

impl Stub {
    pub async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let stub = Stub { port, calls: Arc::default() };
        let calls = stub.calls.clone();
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (calls, script) = (calls.clone(), script.clone());
                tokio::spawn(async move {
                    let service =
                        service_fn(|request| answer(request, calls.clone(), script.clone()));
                    let http = hyper::server::conn::http1::Builder::new();
                    // A scripted hang-up ends the connection with an error, as intended.
                    drop(http.serve_connection(TokioIo::new(stream), service).await);
                });
            }
        });
        stub
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no test panicked with it").clone()
    }
}

async fn answer(
    request: Request<Incoming>,
    calls: Arc<Mutex<Vec<Call>>>,
    script: Arc<Mutex<VecDeque<Reply>>>,
) -> Result<Response<Full<Bytes>>, HungUp> {
    let bytes = request.into_body().collect().await.expect("a whole request").to_bytes();
    let body: Value = serde_json::from_slice(&bytes).expect("awsJson");
    let one = json!({ "t": [{ "PutRequest": { "Item": body["Item"] } }] });
    let items = if body["Item"].is_null() { &body["RequestItems"] } else { &one };
    let (table, puts) = items.as_object().expect("tables").iter().next().expect("one table");
    let puts = puts.as_array().expect("requests").clone();
    let key = |write: &Value| match &write["DeleteRequest"] {
        Value::Null => key_text(&write["PutRequest"]["Item"]["user_id"]),
        delete => key_text(&delete["Key"]["user_id"]),
    };
    let users = puts.iter().map(key).collect();
    calls.lock().expect("no test panicked with it").push(Call {
        at: Instant::now(),
        users,
        body: body.clone(),
    });
    let reply = {
        let mut script = script.lock().expect("no test panicked with it");
        if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
    };
    let (status, answer) = match reply.expect("a script is never empty") {
        Reply::Written if body["Item"].is_object() => {
            (200, json!({ "ConsumedCapacity": { "TableName": "t", "CapacityUnits": 1.0 } }))
        }
        Reply::Written => (200, written(table, &puts, 0)),
        Reply::Unprocessed(n) => (200, written(table, &puts, n)),
        Reply::NothingProcessed => (200, written(table, &puts, puts.len())),
        Reply::Error(status, body) => (status, body),
        Reply::Silence => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            (200, json!({}))
        }
        Reply::HangUp => return Err(HungUp),
    };
    Ok(Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(Full::new(Bytes::from(answer.to_string())))
        .expect("a response"))
}

fn written(table: &str, puts: &[Value], unprocessed: usize) -> Value {
    let done = puts.len() - unprocessed.min(puts.len());
    let mut answer = json!({
        "UnprocessedItems": {},
        "ConsumedCapacity": [{ "TableName": table, "CapacityUnits": done as f64 }],
    });
    if done < puts.len() {
        answer["UnprocessedItems"][table] = json!(puts[done..]);
    }
    answer
}

fn key_text(key: &Value) -> String {
    key["N"].as_str().or(key["S"].as_str()).unwrap_or_default().to_owned()
}

/// Returns an exception in DynamoDB's format.
pub fn exception(name: &str, message: &str) -> Value {
    json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"),
        "message": message,
    })
}

/// Error of a service, upon which hyper closes the connection.
#[derive(Debug)]
pub struct HungUp;

impl std::fmt::Display for HungUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hang up")
    }
}

impl std::error::Error for HungUp {}
