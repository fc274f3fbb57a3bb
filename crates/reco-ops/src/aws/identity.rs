//! Identity of the caller.

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::Builder;

use super::explain;
use crate::error::{Error, Result};

/// Returns the ARN of the caller (STS `GetCallerIdentity`, which needs no permission). One attempt:
/// no run depends on it.
///
/// # Errors
/// Fails if STS does not answer, or without an ARN.
pub async fn caller(sdk: &SdkConfig) -> Result<String> {
    let config = Builder::from(sdk).retry_config(RetryConfig::disabled()).build();
    let what = "cannot ask STS";
    let answer = Client::from_conf(config).get_caller_identity().send().await;
    let answer = answer.map_err(|error| explain(what, &error))?;
    answer.arn.ok_or_else(|| Error::service(what).cause("its answer has no ARN"))
}
