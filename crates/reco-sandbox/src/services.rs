//! The services of a sandbox, which its port, its seed and its function share.

use crate::cloudwatch::Cloudwatch;
use crate::dynamodb::DynamoDb;
use crate::logs::Logs;
use crate::sqs::Sqs;
use std::time::SystemTime;

/// Clones share the services' state.
#[derive(Clone)]
pub(crate) struct Services {
    pub sqs: Sqs,
    pub dynamodb: DynamoDb,
    pub cloudwatch: Cloudwatch,
    pub logs: Logs,
}

/// Returns the services' time, in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
