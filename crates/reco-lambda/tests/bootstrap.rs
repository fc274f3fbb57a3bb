//! The real binary, driven through the Lambda Runtime API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../reco-store/tests/support/mod.rs"]
mod support;

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use support::{create_table, dynamodb_on};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

type Events = Arc<Mutex<mpsc::Receiver<Value>>>;
type Posts = mpsc::Sender<(String, Value)>;

/// A runtime that hands out one event and passes on what is posted back.
async fn runtime(event: Value) -> (u16, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (posted, posts) = mpsc::channel(8);
    let (events, pending) = mpsc::channel(1);
    events.send(event).await.unwrap();
    let pending: Events = Arc::new(Mutex::new(pending));
    tokio::spawn(async move {
        // Held open, so that the next poll waits as it does between invocations.
        let _events = events;
        while let Ok((stream, _)) = listener.accept().await {
            let (posted, pending) = (posted.clone(), pending.clone());
            tokio::spawn(async move {
                let service = service_fn(|request| serve(request, pending.clone(), posted.clone()));
                let http = hyper::server::conn::http1::Builder::new();
                // The function is killed in the middle of its next poll.
                drop(http.serve_connection(TokioIo::new(stream), service).await);
            });
        }
    });
    (port, posts)
}

async fn serve(
    request: Request<Incoming>,
    pending: Events,
    posted: Posts,
) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let path = request.uri().path().to_owned();
    if request.method() == Method::GET {
        let event = pending.lock().await.recv().await.unwrap();
        return Ok(invocation(&event));
    }
    let body = request.into_body().collect().await.unwrap().to_bytes();
    posted.send((path, serde_json::from_slice(&body).unwrap())).await.unwrap();
    Ok(Response::builder().status(202).body(Full::default()).unwrap())
}

fn invocation(event: &Value) -> Response<Full<Bytes>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let deadline = (now + Duration::from_secs(20)).as_millis();
    Response::builder()
        .header("lambda-runtime-aws-request-id", "request-1")
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:x:0:function:recs")
        .body(Full::new(Bytes::from(event.to_string())))
        .unwrap()
}

/// The function's process, ended with the test whatever happens.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Function {
    fn start(runtime: u16, dynamodb: u16, variables: &[(&str, &str)]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_bootstrap"))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{runtime}"))
            .env("AWS_LAMBDA_FUNCTION_NAME", "recs")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "s")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "g")
            .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://127.0.0.1:{dynamodb}"))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "eu-central-1")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Function(child)
    }

    /// Everything it logged, once it has ended.
    async fn log(mut self) -> String {
        let mut stdout = self.0.stdout.take().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut log = String::new();
            stdout.read_to_string(&mut log).unwrap();
            log
        });
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("it ends").unwrap()
    }
}

#[tokio::test]
async fn an_event_becomes_items_a_response_and_one_line_of_counts() {
    let (port, table) = dynamodb_on().await;
    create_table(&table, "recs", &[("user_id", ScalarAttributeType::N)]).await;
    let event = json!({ "Records": [
        { "messageId": "good", "body": "{\"data\": [[1, [11, 12]]]}" },
        { "messageId": "poison", "body": "{\"secret\": " },
    ] });
    let (runtime, mut posts) = runtime(event).await;
    let variables = [("RECO_TABLE", "recs"), ("RECO_FACTS", "none"), ("RECO_LOG", "trace")];
    let mut function = Function::start(runtime, port, &variables);

    let posted = tokio::time::timeout(Duration::from_secs(20), posts.recv()).await;
    let (path, response) = posted.expect("an answer in time").unwrap();
    assert!(path.ends_with("/invocation/request-1/response"), "{path}");
    assert_eq!(response, json!({ "batchItemFailures": [{ "itemIdentifier": "poison" }] }));
    let key = AttributeValue::N("1".to_owned());
    let got = table.get_item().table_name("recs").key("user_id", key).send().await.unwrap();
    assert!(got.item.is_some());

    function.0.kill().unwrap();
    let log = function.log().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = |message: &str| lines.iter().find(|line| line["message"] == message).unwrap();
    assert_eq!(line("init done")["policy"].as_str().unwrap().len(), 64);
    let done = line("batch done");
    assert_eq!((&done["written"], &done["request_id"]), (&json!(1), &json!("request-1")));
    assert!(done["failures"].as_str().unwrap().contains("poison"));
    assert!(!log.contains("secret"), "a body was logged: {log}");
}

#[tokio::test]
async fn what_it_cannot_start_with_is_said() {
    let (runtime, _posts) = runtime(json!({})).await;
    let log = Function::start(runtime, 9, &[("RECO_TABLE", "recs")]).log().await;
    assert!(log.contains("RECO_FACTS is not set"), "{log}");
}
