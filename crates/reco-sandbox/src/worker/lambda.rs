//! The Lambda's own handler as the function of a mapping.

use super::Function;
use crate::cloudwatch::{self, Cloudwatch};
use reco_lambda::Pipeline;
use reco_lambda::metrics::{Batch, emf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Time that the handler reserves for its answer before the function's timeout.
pub(crate) const MARGIN: Duration = Duration::from_millis(300);

/// Returns a function that handles events as the deployed Lambda does.
#[must_use]
pub fn function(pipeline: Pipeline) -> Function {
    measured(pipeline, "", Cloudwatch::new())
}

/// Like [`function`], with the metrics of its batches recorded under `name`.
#[must_use]
pub fn measured(pipeline: Pipeline, name: &str, metrics: Cloudwatch) -> Function {
    let (pipeline, name): (_, Arc<str>) = (Arc::new(pipeline), name.into());
    Arc::new(move |event, timeout| {
        let (pipeline, name, metrics) = (Arc::clone(&pipeline), Arc::clone(&name), metrics.clone());
        let deadline = Instant::from_std(timeout) - MARGIN;
        Box::pin(async move {
            let handled = reco_lambda::handle(&pipeline, event, deadline)
                .await
                .map_err(|error| error.to_string())?;
            tracing::debug!(report = ?handled.report, "the function handled a batch");
            let at_ms = cloudwatch::now_ms();
            let batch = Batch { function: &name, request_id: "", at_ms, cold_start_ms: None };
            metrics.record_line(&emf(&handled.report, &batch));
            Ok(handled.response)
        })
    })
}
