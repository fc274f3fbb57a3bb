//! Log of the function: JSON lines on stdout, one event per line. Message ids and counts, never
//! bodies.

use std::io::Write;
use std::time::{Duration, SystemTime};

use reco_lambda::HandlerReport;
use reco_lambda::metrics::{Batch, emf};
use serde::Serialize;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging at the level of `RECO_LOG` (default `info`). Libraries stay at `warn`, since at
/// finer levels they print requests and statements.
pub(crate) fn start() {
    let level = std::env::var("RECO_LOG").ok().and_then(|level| level.parse().ok());
    let targets = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("reco_", level.unwrap_or(LevelFilter::INFO))
        .with_target("bootstrap", level.unwrap_or(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    tracing_subscriber::registry().with(lines).with(targets).init();
}

/// Logs the two lines of a batch: its result and its metrics.
pub(crate) fn batch(
    function: &str,
    request_id: &str,
    report: &HandlerReport,
    cold_start: Option<Duration>,
) {
    event(request_id, report);
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let batch = Batch {
        function,
        request_id,
        at_ms: milliseconds(now),
        cold_start_ms: cold_start.map(milliseconds),
    };
    // A single write, so that no other line comes in between.
    let line = format!("{}\n", emf(report, &batch));
    if let Err(error) = std::io::stdout().lock().write_all(line.as_bytes()) {
        tracing::error!(request_id, %error, "metrics could not be written");
    }
}

fn event(request_id: &str, report: &HandlerReport) {
    tracing::info!(
        request_id,
        messages = report.messages,
        entries = report.entries,
        written = report.written,
        stale = report.stale,
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
        facts_cached = report.facts_cached,
        facts_ms = report.facts_ms,
        write_ms = report.write_ms,
        failures = json(&report.failures),
        "batch done"
    );
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}
