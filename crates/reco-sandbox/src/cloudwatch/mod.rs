//! CloudWatch: the calls recoctl uses, over rpc-v2-cbor and awsJson 1.0, on an in-memory store.
//!
//! `PutMetricData`, `GetMetricData` (no metric math), `ListMetrics`, `PutMetricAlarm`,
//! `DescribeAlarms`, `DeleteAlarms`. Standard-resolution data is kept per minute, as in CloudWatch,
//! high-resolution data per second. Metrics in embedded metric format are read from log lines.

mod alarms;
mod emf;
mod error;
mod list;
mod put;
mod query;
mod statistic;
mod store;
mod wire;

use crate::clock::now_ms;
use crate::http::{Request, Response, StatusCode, respond};
use alarms::Alarms;
use error::CloudwatchError;
use parking_lot::Mutex;
use std::sync::Arc;
use store::{SeriesKey, Store};
pub use wire::Format;

/// The path prefix of CloudWatch's rpc-v2-cbor operations.
pub const PATH_PREFIX: &str = "/service/GraniteServiceVersion20100801/operation/";
/// The `X-Amz-Target` prefix of CloudWatch's awsJson operations.
pub const TARGET_PREFIX: &str = "GraniteServiceVersion20100801.";

/// The CloudWatch of a sandbox. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cloudwatch {
    state: Arc<Mutex<CloudwatchState>>,
    /// Resolution of the metrics that the services publish, in seconds.
    resolution: i64,
    /// Seconds by which points come late.
    lag: i64,
}

impl Default for Cloudwatch {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug, Default)]
struct CloudwatchState {
    store: Store,
    alarms: Alarms,
}

impl Cloudwatch {
    /// Returns an empty CloudWatch with one-minute resolution.
    #[must_use]
    pub fn new() -> Self {
        Self { state: Arc::default(), resolution: store::MINUTE, lag: 0 }
    }

    /// Returns an empty CloudWatch to which the services publish with one-second resolution: at
    /// AWS's own resolution, a run of a minute would be a single point.
    #[must_use]
    pub fn by_second() -> Self {
        Self { resolution: 1, ..Self::new() }
    }

    /// The same, with every point to be had only so long after its time. AWS: metrics of a service come
    /// within minutes, those of a queue that was inactive within 15.
    #[must_use]
    pub fn late_by(self, lag: std::time::Duration) -> Self {
        Self { lag: i64::try_from(lag.as_secs()).unwrap_or(i64::MAX), ..self }
    }

    /// Records one value of a series at a time in seconds since the epoch.
    pub fn record(
        &self,
        namespace: &str,
        metric: &str,
        dimensions: &[(&str, &str)],
        timestamp_s: i64,
        value: f64,
    ) {
        let key = SeriesKey::new(namespace, metric, dimensions);
        self.state.lock().store.add(key, self.resolution, timestamp_s, value, 1.0);
    }

    /// Records one value of a series now.
    pub fn record_now(
        &self,
        namespace: &str,
        metric: &str,
        dimensions: &[(&str, &str)],
        value: f64,
    ) {
        self.record(namespace, metric, dimensions, now_s(), value);
    }

    /// Answers one call of `operation`.
    pub async fn handle(&self, format: Format, operation: &str, request: Request) -> Response {
        let answer = match wire::body_of(&request).await {
            Ok(body) => self.dispatch(format, operation, &body),
            Err(error) => Err(error),
        };
        match answer {
            Ok(body) => rendered(format, StatusCode::OK, body),
            Err(error) => rendered(format, error.status(), error.body(format)),
        }
    }

    fn dispatch(
        &self,
        format: Format,
        operation: &str,
        body: &[u8],
    ) -> Result<Vec<u8>, CloudwatchError> {
        let CloudwatchState { store, alarms } = &mut *self.state.lock();
        match operation {
            "PutMetricData" => {
                format.write(&put::put_metric_data(store, &format.read(body)?, now_s())?)
            }
            "GetMetricData" => {
                // Points may be of the future, too.
                let late = now_s().saturating_sub(self.lag);
                let newest = if self.lag == 0 { i64::MAX } else { late };
                format.write(&query::get_metric_data(store, &format.read(body)?, newest)?)
            }
            "ListMetrics" => format.write(&list::list_metrics(store, &format.read(body)?)?),
            "PutMetricAlarm" => format.write(&alarms.put(format.read(body)?, now_s())?),
            "DescribeAlarms" => {
                format.write(&alarms.describe(&format.read(body)?, store, now_s())?)
            }
            "DeleteAlarms" => format.write(&alarms.delete(&format.read(body)?)),
            other => Err(CloudwatchError::unknown_operation(other)),
        }
    }
}

/// The answer to a call that the caller's policies do not allow.
pub(crate) fn denied(format: Format, message: &str) -> Response {
    let error = CloudwatchError::denied(message);
    rendered(format, error.status(), error.body(format))
}

fn rendered(format: Format, status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = respond(status, format.media_type(), body);
    if format == Format::Cbor {
        let protocol = crate::http::HeaderValue::from_static("rpc-v2-cbor");
        response.headers_mut().insert("smithy-protocol", protocol);
    }
    response
}

fn now_s() -> i64 {
    (now_ms() / 1_000) as i64
}
