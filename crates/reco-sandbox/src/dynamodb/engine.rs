//! The embedded engine: dynoxide behind a private loopback port, and the client that forwards to it.
//!
//! Calls go through its HTTP layer rather than its Rust API, because that layer implements request
//! checks, error envelopes and checksums.

use crate::http::{AWS_JSON, HeaderMap, Request, Response, StatusCode, respond, target};
use dynoxide::Database;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use std::io;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// ARN prefix that the engine writes, and the sandbox's own that replaces it.
const ENGINE_ARN: &str = "arn:aws:dynamodb:dynoxide:";
const SANDBOX_ARN: &str = "arn:aws:dynamodb:us-east-1:";

/// Headers that hyper sets per connection; never forwarded.
const HOP_BY_HOP: [&str; 4] = ["connection", "content-length", "transfer-encoding", "host"];

/// The running engine.
#[derive(Clone)]
pub struct Engine {
    database: Database,
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl Engine {
    /// Starts the engine, empty and in memory, until `stop` is cancelled.
    ///
    /// # Errors
    /// When SQLite cannot open a memory database or no loopback port can be bound.
    pub async fn start(stop: CancellationToken) -> io::Result<Self> {
        let database = Database::memory().map_err(io::Error::other)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let serving = database.clone();
        tokio::spawn(async move {
            let stopped = stop.cancelled_owned();
            if let Err(error) =
                dynoxide::server::serve_with_shutdown(listener, serving, stopped).await
            {
                tracing::error!(%error, "the embedded DynamoDB engine stopped");
            }
        });
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { database, client, url })
    }

    /// Returns the engine's database, for access without HTTP.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Sends one request to the engine and returns its answer, hop-by-hop headers removed.
    pub async fn forward(&self, request: Request) -> Response {
        match self.exchange(request).await {
            Ok(response) => response,
            Err(message) => {
                tracing::error!(%message, "forwarding to the embedded DynamoDB engine failed");
                let body = serde_json::json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
                    "message": format!("the sandbox's DynamoDB engine did not answer: {message}"),
                });
                respond(StatusCode::INTERNAL_SERVER_ERROR, AWS_JSON, body.to_string())
            }
        }
    }

    async fn exchange(&self, request: Request) -> Result<Response, String> {
        let (parts, body) = request.into_parts();
        let mut request = hyper::Request::builder()
            .method(parts.method)
            .uri(&self.url)
            .body(Full::new(body))
            .map_err(|error| error.to_string())?;
        *request.headers_mut() = without_hop_by_hop(parts.headers);
        let answer = self.client.request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        let mut response = Response::new(body.to_bytes());
        *response.status_mut() = parts.status;
        *response.headers_mut() = without_hop_by_hop(parts.headers);
        Ok(response)
    }

    /// Forwards a call that does not write items, and puts the sandbox's region into the ARNs of
    /// the answer.
    pub async fn pass(&self, request: Request) -> Response {
        let describes = is_control_plane(request.headers());
        let mut response = self.forward(request).await;
        if describes {
            let text = String::from_utf8_lossy(response.body());
            if text.contains(ENGINE_ARN) {
                let body = text.replace(ENGINE_ARN, SANDBOX_ARN);
                replace_body(&mut response, body.into());
            }
        }
        response
    }
}

/// Returns the ARN of a table in the sandbox.
#[must_use]
pub fn table_arn(table: &str) -> String {
    format!("{SANDBOX_ARN}000000000000:table/{table}")
}

/// Replaces a response's body and the checksum that SDKs verify.
pub fn replace_body(response: &mut Response, body: Bytes) {
    let checksum = crc32fast::hash(&body);
    response.headers_mut().insert("x-amz-crc32", checksum.into());
    *response.body_mut() = body;
}

/// Returns whether a call describes resources. Only such answers are rewritten, because items may
/// contain anything.
fn is_control_plane(headers: &HeaderMap) -> bool {
    let operation = target(headers).and_then(|t| t.rsplit('.').next()).unwrap_or_default();
    operation.ends_with("Table")
        || operation.ends_with("Stream")
        || operation.ends_with("Streams")
        || operation.ends_with("Resource")
}

fn without_hop_by_hop(mut headers: HeaderMap) -> HeaderMap {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers
}
