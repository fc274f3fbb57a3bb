//! SQS, one file per group of actions.

mod batch;
mod failure;
mod moves;
mod purge;
mod queue;
mod receive;
mod reference;
mod send;
mod tags;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::config::retry::RetryConfig;

pub use failure::{CallEffect, CallFailure};
pub use moves::{MOST_PER_SECOND, MoveStatus, MoveTask, StartTrouble};
pub use queue::RedrivePolicy;
pub use queue::{Queue, QueueState};
pub use receive::{Damaged, ReceiveOptions, Received};
pub use reference::{QueueRef, region_named};

/// AWS: every batch action takes up to 10 entries, and a receive returns up to 10 messages.
pub const BATCH: usize = 10;

/// AWS: a queue retains a message for at most 14 days; in seconds.
pub const MAX_RETENTION_S: i64 = 14 * 86_400;

/// SQS client for one region.
#[derive(Debug, Clone)]
pub struct Sqs {
    client: Client,
    /// Client for calls that must not be repeated unnoticed: the SDK's retries are off.
    once: Client,
    region: String,
}

impl Sqs {
    /// Creates a client from the SDK configuration.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        let config = Builder::from(sdk).retry_partition(super::retry_partition("recoctl-sqs"));
        let once = config.clone().retry_config(RetryConfig::disabled());
        let region = sdk.region().map(ToString::to_string).unwrap_or_default();
        let [client, once] = [config, once].map(|config| Client::from_conf(config.build()));
        Sqs { client, once, region }
    }
}
