//! The Lambda's own handler as the function of a mapping.

use super::Function;
use crate::clock::now_ms;
use crate::cloudwatch::Cloudwatch;
use crate::logs::{FunctionLogs, InvocationEnd, Logs};
use aws_lambda_events::event::sqs::SqsEvent;
use reco_lambda::lines::{Origin, Stamp, batch_done, batch_received, messages_returned};
use reco_lambda::metrics::{BatchContext, emf};
use reco_lambda::{HandlerReport, Pipeline};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Time that the handler reserves for its answer before the function's timeout.
pub(crate) const MARGIN: Duration = Duration::from_millis(300);

/// Returns a function that handles events as the deployed Lambda does.
#[must_use]
pub fn function(pipeline: Pipeline) -> Function {
    measured(pipeline, "", Cloudwatch::new(), Logs::default())
}

/// Like [`function`], with the metrics and the lines of its batches recorded under `name`.
#[must_use]
pub fn measured(pipeline: Pipeline, name: &str, metrics: Cloudwatch, logs: Logs) -> Function {
    let policy = pipeline.policy.fingerprint();
    let log =
        HandlerLog { lines: FunctionLogs::of(logs, name), metrics, name: name.to_owned(), policy };
    let (pipeline, log) = (Arc::new(pipeline), Arc::new(log));
    Arc::new(move |event, timeout| {
        let (pipeline, log) = (Arc::clone(&pipeline), Arc::clone(&log));
        let deadline = Instant::from_std(timeout) - MARGIN;
        Box::pin(async move {
            let request_id = uuid::Uuid::new_v4().to_string();
            // Dropped where the mapping stops the function at its timeout.
            let running = log.lines.begin(&request_id);
            log.received(&request_id, &event);
            match reco_lambda::handle(&pipeline, event, deadline).await {
                Ok(handled) => {
                    tracing::debug!(report = ?handled.report, "the function handled a batch");
                    log.batch(&request_id, &handled.report);
                    running.end(InvocationEnd::Success);
                    Ok(handled.response)
                }
                Err(error) => {
                    running.end(InvocationEnd::Error("Function.Error"));
                    Err(error.to_string())
                }
            }
        })
    })
}

/// The log of the function in this process: the lines of its binary.
struct HandlerLog {
    lines: FunctionLogs,
    metrics: Cloudwatch,
    name: String,
    policy: String,
}

impl HandlerLog {
    fn received(&self, request_id: &str, event: &SqsEvent) {
        let stamp = Stamp { request_id, at_ms: now_ms() };
        for line in batch_received(event, &stamp, "INFO") {
            self.lines.line(line.to_string());
        }
    }

    fn batch(&self, request_id: &str, report: &HandlerReport) {
        let at_ms = now_ms();
        let stamp = Stamp { request_id, at_ms };
        let origin = Origin { policy: &self.policy, function_version: "$LATEST" };
        for line in messages_returned(report, &stamp, origin, "WARN") {
            self.lines.line(line.to_string());
        }
        self.lines.line(batch_done(report, &stamp).to_string());
        let batch = BatchContext { function: &self.name, request_id, at_ms, cold_start_ms: None };
        self.metrics.record_line(&emf(report, &batch));
    }
}
