//! Reports to Lambda why the function cannot start, so that the reason also shows outside its log.
//!
//! AWS: "Using the Lambda runtime API for custom runtimes", Initialization error. The runtime
//! library reports invocation errors only.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// The Runtime API responds immediately; in a run by hand it may be absent.
const PATIENCE: Duration = Duration::from_millis(500);

/// Reports the error. A failed report changes nothing: the process ends with the error anyway, and
/// the log has it.
pub(crate) async fn report(error: &(dyn std::error::Error + Send + Sync)) {
    let Ok(runtime) = std::env::var("AWS_LAMBDA_RUNTIME_API") else { return };
    let body = serde_json::json!({
        "errorMessage": error.to_string(),
        "errorType": "Runtime.InitError",
        "stackTrace": [],
    });
    let request = Request::post(format!("http://{runtime}/2018-06-01/runtime/init/error"))
        .header("Lambda-Runtime-Function-Error-Type", "Runtime.InitError")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body.to_string())));
    let Ok(request) = request else { return };
    let client = Client::builder(TokioExecutor::new()).build_http();
    match tokio::time::timeout(PATIENCE, client.request(request)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the init error was not reported to Lambda"),
        Err(_) => tracing::warn!("the init error was not reported to Lambda in time"),
    }
}
