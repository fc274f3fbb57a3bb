//! Configuration of DynamoDB clients for this crate.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Builder, StalledStreamProtectionConfig};

/// The SDK's default for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// Long enough for a 16 MB batch over a slow line.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);

/// Returns the configuration that every client passed to this crate should have.
///
/// The SDK's retries are off: their token bucket is shared by the whole process and is empty after
/// about 50 throttled operations, exactly when retrying matters most. This crate has its own.
/// Timeouts are set because the SDK has no read timeout by default. As they bound each attempt as a
/// whole, stalled stream protection would add nothing.
#[must_use]
pub fn dynamodb_config(shared: &SdkConfig) -> Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(ATTEMPT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    Builder::from(shared)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}
