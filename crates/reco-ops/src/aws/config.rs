//! One SDK configuration for all services.

use std::time::Duration;

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_sqs::config::timeout::TimeoutConfig;

use super::credentials;
use super::endpoint;
use super::options::AwsOptions;
use crate::error::{Error, Result};

/// Longest long poll that SQS allows; an attempt's timeout must exceed it.
pub const LONGEST_POLL: Duration = Duration::from_secs(20);

/// Loads region, credentials and endpoint as the options say. Where no region is configured, that
/// of `named` (queues and tables by URL or ARN) is taken, before the machine's own is asked for.
///
/// Timeouts are set because the SDK has no read or operation timeout of its own: a silent
/// connection would hang a redrive for ever.
///
/// # Errors
/// When no region can be found, there is no such profile, or an endpoint is no URL.
pub async fn load(options: &AwsOptions, named: Option<&str>) -> Result<SdkConfig> {
    endpoint::check_configured(options)?;
    let profile = credentials::explicit(options).await?;
    let mut surroundings = ProviderConfig::without_region();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(LONGEST_POLL + Duration::from_secs(15))
                .operation_attempt_timeout(LONGEST_POLL + Duration::from_secs(20))
                .build(),
        )
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(8)
                // The SDK would wait up to a second for its first repetition: of a FIFO group, whose
                // messages go one by one, each throttled delete holds up all that follow.
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

/// The region that nobody gave by setting or explicit profile: the environment's, an implicit
/// profile's, that of a queue or table as it is named, or the machine's own.
async fn found_region(
    options: &AwsOptions,
    named: Option<&str>,
    ask_profile: bool,
    surroundings: &ProviderConfig,
) -> Result<Region> {
    // The SDK takes an empty variable for a region.
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
        Error::config("no AWS region is configured").hint(
            "pass --region, set RECOCTL_REGION or AWS_REGION, use a profile that sets one, or name the queue by its URL or ARN",
        )
    })
}

/// A region becomes a part of a host's name: the SDK says of another text only that a field is
/// invalid.
fn check_region(region: &str) -> Result<()> {
    let is_label = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && (1..=63).contains(&region.len());
    match is_label {
        true => Ok(()),
        false => Err(Error::config(format!("{region:?} is not a valid AWS region"))
            .hint("set a region such as eu-west-1 with --region, RECOCTL_REGION or AWS_REGION")),
    }
}

/// A retry partition of our own without a token bucket. The SDK's default bucket is shared by the
/// whole process and runs dry after about 50 throttled calls, after which nothing is retried; the
/// number of attempts and the capped backoff with full jitter bound our retries instead.
pub fn retry_partition(service: &'static str) -> RetryPartition {
    RetryPartition::custom(service).token_bucket(TokenBucket::unlimited()).build()
}
