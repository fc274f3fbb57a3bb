//! Real SDK clients that point at a sandbox.

use aws_config::{SdkConfig, retry::RetryConfig};
use reco_sandbox::Sandbox;

/// Returns an SDK configuration for a sandbox, without retries so that a test sees each answer.
pub fn sdk_config(sandbox: &Sandbox) -> SdkConfig {
    let config = sandbox.sdk_config().into_builder();
    config.retry_config(RetryConfig::disabled()).build()
}
