//! One SDK configuration for all services.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_sqs::config::timeout::TimeoutConfig;

use crate::config::{Key, Settings, Source};
use crate::error::{Error, Result};

/// Longest long poll that SQS allows; an attempt's timeout must exceed it.
pub const LONGEST_POLL: Duration = Duration::from_secs(20);

/// Loads region, credentials chain and endpoint as the settings say.
///
/// Timeouts are set because the SDK has no read or operation timeout of its own: a silent
/// connection would hang a redrive for ever.
///
/// # Errors
/// When no region can be found.
pub async fn load(settings: &Settings) -> Result<SdkConfig> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(LONGEST_POLL + Duration::from_secs(15))
                .operation_attempt_timeout(LONGEST_POLL + Duration::from_secs(20))
                .build(),
        )
        .retry_config(
            RetryConfig::standard().with_max_attempts(8).with_max_backoff(Duration::from_secs(10)),
        );
    if let Some(profile) = settings.value(Key::Profile) {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = settings.value(Key::Region) {
        loader = loader.region(Region::new(region.to_owned()));
    }
    if let Some(endpoint) = settings.get(Key::EndpointUrl) {
        loader = loader.endpoint_url(&endpoint.value);
        if endpoint.source == Source::Sandbox {
            let keys = aws_credential_types::Credentials::from_keys("sandbox", "sandbox", None);
            loader = loader.credentials_provider(keys);
        }
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(Error::config("no AWS region is configured").hint(
            "give --region, set RECOCTL_REGION or AWS_REGION, or name a profile that has one",
        ));
    }
    Ok(config)
}

/// A retry partition of our own without a token bucket. The SDK's default bucket is shared by the
/// whole process and runs dry after about 50 throttled calls, after which nothing is retried; the
/// number of attempts and the capped backoff with full jitter bound our retries instead.
pub fn retry_partition(service: &'static str) -> RetryPartition {
    RetryPartition::custom(service).token_bucket(TokenBucket::unlimited()).build()
}
