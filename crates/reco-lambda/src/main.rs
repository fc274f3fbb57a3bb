//! The function: polls the Lambda runtime and passes each batch to the handler.

mod init_error;
mod log;

use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use aws_config::BehaviorVersion;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use log::BatchLog;
use reco_lambda::lines::Origin;
use reco_lambda::settings::Settings;
use reco_lambda::{Pipeline, handle};

#[tokio::main]
async fn main() -> ExitCode {
    let started = Instant::now();
    let log = log::start();
    // An error that `main` returned would be printed a second time, and not as JSON.
    match serve(started, log).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Starts and polls until the environment ends. What goes wrong is logged here.
async fn serve(started: Instant, log: BatchLog) -> Result<(), Error> {
    let (pipeline, margin) = match open().await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(%error, "init failed");
            init_error::report(&*error).await;
            return Err(error);
        }
    };
    let function = WriterFunction {
        policy: pipeline.policy.fingerprint(),
        pipeline,
        log,
        margin,
        cold_start: Mutex::new(Some(started.elapsed())),
        name: std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
        version: std::env::var("AWS_LAMBDA_FUNCTION_VERSION").unwrap_or_default(),
    };
    let function = &function;
    let polled = lambda_runtime::run(service_fn(|event| function.invoke(event))).await;
    polled.inspect_err(|error| tracing::error!(%error, "polling ended"))
}

async fn open() -> Result<(Pipeline, Duration), Error> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let shared = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let pipeline = settings.open(&shared).await?;
    tracing::info!(
        table = settings.table,
        facts = pipeline.facts.kind(),
        policy = pipeline.policy.fingerprint(),
        only_newer = pipeline.policy.writes.only_newer,
        version = env!("CARGO_PKG_VERSION"),
        "init done"
    );
    Ok((pipeline, settings.margin))
}

/// State of the function for the lifetime of its environment.
struct WriterFunction {
    pipeline: Pipeline,
    log: BatchLog,
    margin: Duration,
    /// Duration of the start, until the first batch has reported it.
    cold_start: Mutex<Option<Duration>>,
    name: String,
    version: String,
    /// Fingerprint of the policy.
    policy: String,
}

impl WriterFunction {
    async fn invoke(&self, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
        let LambdaEvent { payload, context } = event;
        self.log.received(&context.request_id, &payload);
        let cold_start = self.cold_start.lock().ok().and_then(|mut first| first.take());
        let stops_at = SystemTime::UNIX_EPOCH + Duration::from_millis(context.deadline);
        let remaining = stops_at.duration_since(SystemTime::now()).unwrap_or_default();
        if remaining <= self.margin {
            let (remaining_ms, margin_ms) = (remaining.as_millis(), self.margin.as_millis());
            tracing::error!(
                request_id = context.request_id,
                remaining_ms,
                margin_ms,
                "no time for the batch: raise the function's timeout above what is kept for its answer"
            );
        }
        let deadline = tokio::time::Instant::now() + remaining.saturating_sub(self.margin);
        match handle(&self.pipeline, payload, deadline).await {
            Ok(handled) => {
                let origin = Origin { policy: &self.policy, function_version: &self.version };
                let (request_id, report) = (&context.request_id, &handled.report);
                self.log.batch(&self.name, request_id, report, origin, cold_start);
                Ok(handled.response)
            }
            Err(error) => {
                tracing::error!(request_id = context.request_id, %error, "batch failed whole");
                Err(error.into())
            }
        }
    }
}
