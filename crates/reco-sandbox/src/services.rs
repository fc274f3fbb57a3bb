//! The services of a sandbox, which its port, its seed and its function share.

use crate::cloudwatch::Cloudwatch;
use crate::dynamodb::DynamoDb;
use crate::logs::Logs;
use crate::sqs::Sqs;

/// Clones share the services' state.
#[derive(Clone)]
pub(crate) struct Services {
    pub sqs: Sqs,
    pub dynamodb: DynamoDb,
    pub cloudwatch: Cloudwatch,
    pub logs: Logs,
}
