//! The Lambda's own handler as the function of a mapping.

use super::Function;
use reco_lambda::Pipeline;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Time that the handler leaves for its answer before the function's timeout.
pub(crate) const MARGIN: Duration = Duration::from_millis(300);

/// A function that handles events as the deployed Lambda does.
#[must_use]
pub fn function(pipeline: Pipeline) -> Function {
    let pipeline = Arc::new(pipeline);
    Arc::new(move |event, timeout| {
        let pipeline = Arc::clone(&pipeline);
        let deadline = Instant::from_std(timeout) - MARGIN;
        Box::pin(async move {
            let handled = reco_lambda::handle(&pipeline, event, deadline)
                .await
                .map_err(|error| error.to_string())?;
            tracing::debug!(report = ?handled.report, "the function handled a batch");
            Ok(handled.response)
        })
    })
}
