//! The function: polls the Lambda runtime and hands each batch to the handler.

use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use reco_lambda::settings::Settings;
use reco_lambda::{HandlerReport, Pipeline, handle};
use serde::Serialize;
use tokio::time::Instant;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[tokio::main]
async fn main() -> Result<(), Error> {
    start_logging();
    let (pipeline, margin) = match open().await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(%error, "init failed");
            return Err(error);
        }
    };
    let (pipeline, margin) = (&pipeline, margin);
    lambda_runtime::run(service_fn(|event| invoke(pipeline, margin, event))).await
}

async fn open() -> Result<(Pipeline, Duration), Error> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let shared = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let pipeline = settings.open(&shared).await?;
    tracing::info!(
        table = settings.table,
        facts = pipeline.facts.kind(),
        policy = pipeline.policy.fingerprint(),
        version = env!("CARGO_PKG_VERSION"),
        "init done"
    );
    Ok((pipeline, settings.margin))
}

async fn invoke(
    pipeline: &Pipeline,
    margin: Duration,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    let LambdaEvent { payload, context } = event;
    let stops_at = SystemTime::UNIX_EPOCH + Duration::from_millis(context.deadline);
    let remaining = stops_at.duration_since(SystemTime::now()).unwrap_or_default();
    let deadline = Instant::now() + remaining.saturating_sub(margin);
    match handle(pipeline, payload, deadline).await {
        Ok(handled) => {
            log(&context.request_id, &handled.report);
            Ok(handled.response)
        }
        Err(error) => {
            tracing::error!(request_id = context.request_id, %error, "batch failed whole");
            Err(error.into())
        }
    }
}

/// One line a batch. Message ids and counts, never bodies.
fn log(request_id: &str, report: &HandlerReport) {
    tracing::info!(
        request_id,
        messages = report.messages,
        entries = report.entries,
        written = report.written,
        superseded = report.superseded,
        skipped = json(&report.skipped),
        dropped = json(&report.dropped),
        bad = report.bad,
        rejected = report.rejected,
        held = report.held,
        unprocessed = report.unprocessed,
        wcu = report.wcu,
        calls = report.calls,
        retries = report.retries,
        throttled_calls = report.throttled_calls,
        returned_items = report.returned_items,
        throttling = json(&report.throttling),
        write_error = report.write_error,
        facts = report.facts,
        facts_error = report.facts_error,
        facts_ms = report.facts_ms,
        write_ms = report.write_ms,
        failures = json(&report.failures),
        "batch done"
    );
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}

/// JSON lines at the level of `RECO_LOG` (info). Libraries are held at warnings whatever it says:
/// at finer levels they print requests and statements.
fn start_logging() {
    let level = std::env::var("RECO_LOG").ok().and_then(|level| level.parse().ok());
    let targets = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("reco_", level.unwrap_or(LevelFilter::INFO))
        .with_target("bootstrap", level.unwrap_or(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    tracing_subscriber::registry().with(lines).with(targets).init();
}
