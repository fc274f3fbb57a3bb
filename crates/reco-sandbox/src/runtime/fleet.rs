//! A pool of execution environments: one per concurrent invocation, reused while it is alive.

use super::{Environment, FunctionBinary, FunctionError};
use crate::worker::{Answer, Function};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;

/// The environments of one function.
pub struct Fleet {
    binary: FunctionBinary,
    idle: Mutex<Vec<Environment>>,
}

impl Fleet {
    /// Starts the first environment, so that a binary that cannot run fails at once.
    ///
    /// # Errors
    /// Those of [`Environment::start`].
    pub async fn start(binary: FunctionBinary) -> Result<Arc<Self>, FunctionError> {
        let first = Environment::start(&binary).await?;
        Ok(Arc::new(Self { binary, idle: Mutex::new(vec![first]) }))
    }

    /// Returns the fleet as the function of an event source mapping.
    #[must_use]
    pub fn function(self: Arc<Self>) -> Function {
        Arc::new(move |event, stops_at| {
            let fleet = Arc::clone(&self);
            Box::pin(async move { fleet.invoke(event, stops_at).await })
        })
    }

    /// Returns the peak memory of its processes in MiB, the largest of them, where the system tells it.
    #[must_use]
    pub fn peak_mib(&self) -> Option<u64> {
        let peaks = self.idle.lock().iter().filter_map(Environment::peak_kib).max();
        peaks.map(|kib| kib.div_ceil(1024))
    }

    pub(crate) async fn invoke(&self, event: SqsEvent, stops_at: Instant) -> Answer {
        self.call(&event, stops_at).await.map_err(|error| error.to_string())
    }

    /// Dropping this future drops the environment, which kills the process: this is how an
    /// invocation ends on a timeout.
    async fn call(
        &self,
        event: &SqsEvent,
        stops_at: Instant,
    ) -> Result<SqsBatchResponse, FunctionError> {
        let event = serde_json::to_vec(event)
            .map_err(|error| FunctionError::Failed(format!("the event: {error}")))?;
        let mut environment = match self.warm() {
            Some(warm) => warm,
            None => Environment::start(&self.binary).await?,
        };
        let time = stops_at.saturating_duration_since(Instant::now());
        let answer = environment.invoke(event, time).await;
        if matches!(answer, Ok(_) | Err(FunctionError::Failed(_))) {
            self.idle.lock().push(environment);
        }
        serde_json::from_slice(&answer?).map_err(|error| FunctionError::Answer(error.to_string()))
    }

    fn warm(&self) -> Option<Environment> {
        let mut idle = self.idle.lock();
        while let Some(mut environment) = idle.pop() {
            if environment.is_alive() {
                return Some(environment);
            }
        }
        None
    }
}
