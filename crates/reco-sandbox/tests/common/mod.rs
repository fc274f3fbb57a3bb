//! A sandbox and real SDK clients that point at it.

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::Credentials;
use reco_sandbox::Sandbox;

/// SDK configuration for a sandbox, without the SDK's own retries: a test sees each answer.
pub async fn sdk_config(sandbox: &Sandbox) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(sandbox.endpoint())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .load()
        .await
}
