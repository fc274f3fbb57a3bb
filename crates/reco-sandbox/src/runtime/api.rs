//! The Runtime API of one execution environment.

use crate::http::{Response, StatusCode, respond};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

const VERSION: &str = "/2018-06-01/runtime/";
const JSON: &str = "application/json";

/// An event for the function.
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) event: Bytes,
    /// Time at which the function is stopped, in milliseconds since the epoch.
    pub(super) deadline_ms: u64,
    pub(super) arn: String,
}

/// Reply of the function to an invocation.
pub(super) enum FunctionReply {
    Response(Bytes),
    Error(String),
}

/// State of the function's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StartState {
    Pending,
    /// The function asked for an event.
    Ready,
    /// The function reported why it cannot start.
    Failed(String),
}

/// A running API; dropping it closes it.
pub(super) struct Api {
    pub(super) address: SocketAddr,
    state: Arc<ApiState>,
    events: mpsc::Sender<Invocation>,
    _stop: DropGuard,
}

struct ApiState {
    pending: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    open: Mutex<HashMap<String, oneshot::Sender<FunctionReply>>>,
    start: watch::Sender<StartState>,
}

impl Api {
    pub(super) async fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, pending) = mpsc::channel(1);
        let state = Arc::new(ApiState {
            pending: tokio::sync::Mutex::new(pending),
            open: Mutex::default(),
            start: watch::Sender::new(StartState::Pending),
        });
        let stop = CancellationToken::new();
        tokio::spawn(accept(listener, Arc::clone(&state), stop.clone()));
        Ok(Self { address, state, events, _stop: stop.drop_guard() })
    }

    /// Waits until the function is ready or reports that it cannot start.
    pub(super) async fn started(&self) -> StartState {
        let mut start = self.state.start.subscribe();
        match start.wait_for(|start| *start != StartState::Pending).await {
            Ok(start) => start.clone(),
            Err(_) => StartState::Pending,
        }
    }

    /// Returns the current state of the start.
    pub(super) fn so_far(&self) -> StartState {
        self.state.start.borrow().clone()
    }

    /// Hands an event to the function's next poll; the answer comes through the receiver.
    pub(super) async fn invoke(&self, invocation: Invocation) -> oneshot::Receiver<FunctionReply> {
        let (reply, answer) = oneshot::channel();
        self.state.open.lock().insert(invocation.id.clone(), reply);
        // Cannot fail: the receiver lives as long as `self`.
        drop(self.events.send(invocation).await);
        answer
    }
}

async fn accept(listener: TcpListener, state: Arc<ApiState>, stop: CancellationToken) {
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let (state, stop) = (Arc::clone(&state), stop.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, hyper::Error>(state.answer(request).await?.map(Full::new)) }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // The function is often killed in the middle of its next poll.
            drop(stop.run_until_cancelled(connection).await);
        });
    }
}

impl ApiState {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response, hyper::Error> {
        let path = request.uri().path().strip_prefix(VERSION).unwrap_or_default().to_owned();
        let method = request.method().clone();
        let parts: Vec<&str> = path.split('/').collect();
        Ok(match (method, parts.as_slice()) {
            (Method::GET, ["invocation", "next"]) => self.next().await,
            (Method::POST, ["invocation", id, "response"]) => {
                let body = request.into_body().collect().await?.to_bytes();
                self.settle(id, FunctionReply::Response(body))
            }
            (Method::POST, ["invocation", id, "error"]) => {
                let body = request.into_body().collect().await?.to_bytes();
                self.settle(id, FunctionReply::Error(words(&body)))
            }
            (Method::POST, ["init", "error"]) => {
                let body = request.into_body().collect().await?.to_bytes();
                self.start.send_replace(StartState::Failed(words(&body)));
                accepted()
            }
            _ => refusal(StatusCode::NOT_FOUND, "no such path in the Runtime API"),
        })
    }

    async fn next(&self) -> Response {
        self.start.send_replace(StartState::Ready);
        let Some(invocation) = self.pending.lock().await.recv().await else {
            return refusal(StatusCode::INTERNAL_SERVER_ERROR, "the environment is shut down");
        };
        let mut response = respond(StatusCode::OK, JSON, invocation.event);
        for (name, value) in [
            ("lambda-runtime-aws-request-id", invocation.id),
            ("lambda-runtime-deadline-ms", invocation.deadline_ms.to_string()),
            ("lambda-runtime-invoked-function-arn", invocation.arn),
        ] {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn settle(&self, id: &str, reply: FunctionReply) -> Response {
        match self.open.lock().remove(id) {
            Some(waiting) => {
                // The caller is gone if the answer came after the timeout.
                drop(waiting.send(reply));
                accepted()
            }
            None => refusal(StatusCode::BAD_REQUEST, "no invocation of this id is open"),
        }
    }
}

/// Returns the message of an error that the runtime posted.
fn words(body: &[u8]) -> String {
    let told = serde_json::from_slice::<Value>(body).ok();
    let message = told.as_ref().and_then(|told| told["errorMessage"].as_str()).map(str::to_owned);
    message.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned())
}

fn accepted() -> Response {
    respond(StatusCode::ACCEPTED, JSON, r#"{"status":"OK"}"#)
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let body = json!({ "errorMessage": message, "errorType": "InvalidRequest" });
    respond(status, JSON, body.to_string())
}
