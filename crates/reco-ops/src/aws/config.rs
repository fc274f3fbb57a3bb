//! One SDK configuration for all services.

use std::time::Duration;

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sqs::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_sqs::config::timeout::TimeoutConfig;

use super::credentials;
use super::endpoint;
use super::options::AwsOptions;
use crate::error::{Error, Result};

/// AWS: longest long poll that SQS allows; an attempt's timeout must exceed it.
pub const LONGEST_POLL: Duration = Duration::from_secs(20);

/// Maximum wait for a connection. An endpoint that cannot be reached is reported within 3 s.
const CONNECTION: Duration = Duration::from_millis(2_500);

/// Message of the error without a region.
const NO_REGION: &str = "no AWS region is configured";

/// Returns whether an error says that no region is configured.
#[must_use]
pub fn lacks_region(error: &Error) -> bool {
    error.message == NO_REGION
}

/// Returns whether credentials are configured or can be had from the instance.
pub async fn has_credentials(options: &AwsOptions, config: &SdkConfig) -> bool {
    let configured = credentials::in_force(options).await;
    if !configured.is_ok_and(|found| found.from == "instance-metadata") {
        // The first call shows whether configured ones are valid.
        return true;
    }
    match config.credentials_provider() {
        Some(provider) => provider.provide_credentials().await.is_ok(),
        None => false,
    }
}

/// Loads region, credentials and endpoint as the options say. If no region is configured, the
/// region in `named` (queue or table URLs and ARNs) takes precedence over the instance's own.
///
/// Sets timeouts because the SDK has no read or operation timeout by default: a silent connection
/// would hang a redrive forever.
///
/// # Errors
/// Fails if no region is found, the profile does not exist, or an endpoint is not a valid URL.
pub async fn load(options: &AwsOptions, named: Option<&str>) -> Result<SdkConfig> {
    endpoint::check_configured(options)?;
    let profile = credentials::explicit(options).await?;
    let mut surroundings = ProviderConfig::without_region();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECTION)
                .read_timeout(LONGEST_POLL + Duration::from_secs(15))
                .operation_attempt_timeout(LONGEST_POLL + Duration::from_secs(20))
                .build(),
        )
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(8)
                // By default the SDK may wait up to a second before its first retry. Messages of a
                // FIFO group go one at a time, so each throttled delete would hold up all that
                // follow.
                .with_initial_backoff(Duration::from_millis(200))
                .with_max_backoff(Duration::from_secs(10)),
        );
    if let Some(client) = reco_store::http::client() {
        surroundings = surroundings.with_http_client(client.clone());
        loader = loader.http_client(client);
    }
    let pinned = profile.as_ref().and_then(|profile| profile.get("region"));
    let region = match options.region.as_deref().or(pinned) {
        Some(region) => Region::new(region.to_owned()),
        None => found_region(options, named, profile.is_none(), &surroundings).await?,
    };
    check_region(region.as_ref())?;
    let surroundings = surroundings.with_region(Some(region.clone()));
    loader = loader.region(region);
    match &profile {
        Some(profile) => {
            let name = profile.name();
            let provider = credentials::of_profile(name, &surroundings);
            loader = loader.profile_name(name).credentials_provider(provider);
        }
        None if options.sandbox => {}
        None => credentials::check_ambient(&options.environment).await?,
    }
    if let Some(endpoint) = &options.endpoint {
        loader = loader.endpoint_url(&endpoint.value);
        if options.sandbox {
            let keys = aws_credential_types::Credentials::from_keys("sandbox", "sandbox", None);
            loader = loader.credentials_provider(keys);
        }
    }
    let config = loader.load().await;
    if let Some(url) = config.endpoint_url() {
        endpoint::check("endpoint_url of the AWS profile", url)?;
    }
    Ok(config)
}

/// Returns the region if no setting or explicit profile gives one: from the environment, the
/// profile in `AWS_PROFILE` or the default one, the URL or ARN of a queue or table, or the instance
/// metadata.
async fn found_region(
    options: &AwsOptions,
    named: Option<&str>,
    ask_profile: bool,
    surroundings: &ProviderConfig,
) -> Result<Region> {
    // The SDK would accept an empty variable as the region.
    let variable = |name| options.environment.said(name);
    if let Some(region) = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(variable) {
        return Ok(Region::new(region));
    }
    if ask_profile {
        let provider = ProfileFileRegionProvider::builder().configure(surroundings).build();
        if let Some(region) = provider.region().await {
            return Ok(region);
        }
    }
    let named = named.into_iter().chain(options.named.iter().map(String::as_str));
    if let Some(region) = named.filter_map(super::sqs::region_named).next() {
        return Ok(Region::new(region));
    }
    let machine = ImdsRegionProvider::builder().configure(surroundings).build();
    machine.region().await.ok_or_else(|| {
        Error::config(NO_REGION).hint(
            "pass --region, set RECOCTL_REGION or AWS_REGION, use a profile that sets one, or name the queue by its URL or ARN",
        )
    })
}

/// Checks that a region can be part of a host name; for other text the SDK only reports an invalid
/// field.
fn check_region(region: &str) -> Result<()> {
    let is_label = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && (1..=63).contains(&region.len());
    match is_label {
        true => Ok(()),
        false => Err(Error::config(format!("{region:?} is not a valid AWS region"))
            .hint("set a region such as eu-west-1 with --region, RECOCTL_REGION or AWS_REGION")),
    }
}

/// Returns our own retry partition, without a token bucket. The SDK's default bucket is shared by
/// the whole process and runs dry after about 50 throttled calls, after which nothing is retried;
/// the number of attempts and the capped backoff with full jitter bound our retries instead.
pub fn retry_partition(service: &'static str) -> RetryPartition {
    RetryPartition::custom(service).token_bucket(TokenBucket::unlimited()).build()
}
