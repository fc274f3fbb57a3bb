//! Log of the function: JSON lines on stdout, one event per line. Message ids and counts, never
//! bodies.

use std::io::Write;
use std::time::{Duration, SystemTime};

use aws_lambda_events::sqs::SqsEvent;
use reco_lambda::HandlerReport;
use reco_lambda::lines::{Origin, Stamp, batch_done, batch_received, messages_returned};
use reco_lambda::metrics::{BatchContext, emf};
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The function's log.
pub(crate) struct BatchLog {
    level: LevelFilter,
    /// The level that Lambda itself keeps the log to; what must not be lost claims it.
    kept: String,
}

/// Begins logging at the level of `RECO_LOG`, or else at that of the function's logging configuration,
/// which Lambda passes on in `AWS_LAMBDA_LOG_LEVEL` (info). Libraries are held at warnings whatever it
/// says: at finer levels they print requests and statements.
pub(crate) fn start() -> BatchLog {
    let set = |name| std::env::var(name).ok().filter(|text: &String| !text.is_empty());
    let configured = set("AWS_LAMBDA_LOG_LEVEL");
    let level = set("RECO_LOG").as_deref().and_then(level_of);
    let level = level.or_else(|| configured.as_deref().and_then(level_of));
    let level = level.unwrap_or(LevelFilter::INFO);
    let targets = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("reco_", level)
        .with_target("bootstrap", level);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    tracing_subscriber::registry().with(lines).with(targets).init();
    BatchLog { level, kept: configured.unwrap_or_else(|| "INFO".to_owned()) }
}

/// The level of a warning that is not left out of a log kept to `kept`.
fn at_least_warn(kept: &str) -> &str {
    if level_of(kept).is_some_and(|level| level < LevelFilter::WARN) { kept } else { "WARN" }
}

/// Lambda has one more level than the log.
fn level_of(text: &str) -> Option<LevelFilter> {
    if text.eq_ignore_ascii_case("fatal") {
        return Some(LevelFilter::ERROR);
    }
    text.parse().ok()
}

impl BatchLog {
    /// The messages of a batch, at every level: when the function is stopped in the middle, no other line
    /// says which they were.
    pub(crate) fn received(&self, request_id: &str, event: &SqsEvent) {
        let stamp = Stamp { request_id, at_ms: now_ms() };
        let lines: Vec<Value> = batch_received(event, &stamp, &self.kept).collect();
        written(request_id, &lines);
    }

    /// A batch's lines: what became of it, and at every level the messages that it returns, without which
    /// those that it brought would seem to have had no failure, and its metrics.
    pub(crate) fn batch(
        &self,
        function: &str,
        request_id: &str,
        report: &HandlerReport,
        origin: Origin<'_>,
        cold_start: Option<Duration>,
    ) {
        let stamp = Stamp { request_id, at_ms: now_ms() };
        let mut lines: Vec<Value> =
            messages_returned(report, &stamp, origin, at_least_warn(&self.kept)).collect();
        if self.level >= LevelFilter::INFO {
            lines.push(batch_done(report, &stamp));
        }
        let batch = BatchContext {
            function,
            request_id,
            at_ms: stamp.at_ms,
            cold_start_ms: cold_start.map(milliseconds),
        };
        let mut metrics = emf(report, &batch);
        metrics["timestamp"] = stamp.timestamp().into();
        metrics["level"] = self.kept.as_str().into();
        lines.push(metrics);
        written(request_id, &lines);
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn now_ms() -> u64 {
    milliseconds(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

fn written(request_id: &str, lines: &[Value]) {
    if let Err(error) = write(lines) {
        tracing::error!(request_id, %error, "the batch's lines could not be written");
    }
}

/// Each line in one piece, so that no other comes in between.
fn write(lines: &[Value]) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    for line in lines {
        stdout.write_all(format!("{line}\n").as_bytes())?;
    }
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_claims_the_level_below_which_nothing_is_kept() {
        for (kept, level) in [
            ("TRACE", "WARN"),
            ("INFO", "WARN"),
            ("WARN", "WARN"),
            ("ERROR", "ERROR"),
            ("FATAL", "FATAL"),
            ("nonsense", "WARN"),
        ] {
            assert_eq!(at_least_warn(kept), level);
        }
    }
}
