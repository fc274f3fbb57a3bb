//! Named checks that run against any endpoint of a service.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::Credentials;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use futures::StreamExt;
use futures::future::BoxFuture;

/// Checks run at a time; most of their time is spent waiting for timeouts.
const AT_ONCE: usize = 16;
/// Maximum length of an unexpected response in an error, in characters.
const SHOWN: usize = 400;

/// A named check; `K` is its kit, mainly a client.
pub struct Check<K> {
    pub name: &'static str,
    pub run: fn(K) -> BoxFuture<'static, Outcome>,
}

/// The checks of a service, each a function `module::check(&kit)`.
macro_rules! checks {
    ($($module:ident { $($check:ident,)+ })+) => {
        &[$($($crate::conformance::check::Check {
            name: concat!(stringify!($module), "::", stringify!($check)),
            run: |kit| Box::pin(async move { $module::$check(&kit).await }),
        },)+)+]
    };
}
pub(crate) use checks;

/// Runs every check and returns the failures by name.
pub async fn failures<K: Clone>(
    checks: &'static [Check<K>],
    kit: &K,
) -> BTreeMap<&'static str, String> {
    let run = |check: &'static Check<K>| {
        let outcome = (check.run)(kit.clone());
        async move { outcome.await.err().map(|failure| (check.name, failure.0)) }
    };
    let results = futures::stream::iter(checks).map(run).buffer_unordered(AT_ONCE);
    results.filter_map(async |failure| failure).collect().await
}

/// Reason why a check failed.
#[derive(Debug)]
pub struct Failure(pub String);

pub type Outcome = Result<(), Failure>;

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self(text)
    }
}

pub fn same<T: PartialEq + Debug>(what: &str, seen: T, expected: T) -> Outcome {
    if seen == expected {
        return Ok(());
    }
    Err(Failure(format!("{what}: saw {seen:?}, expected {expected:?}")))
}

pub fn holds(what: &str, holds: bool) -> Outcome {
    same(what, holds, true)
}

/// Fails the check unless the call was refused with `code`.
pub fn refused<T: Debug, E: ProvideErrorMetadata + Debug>(
    what: &str,
    result: Result<T, SdkError<E>>,
    code: &str,
) -> Outcome {
    match result {
        Ok(answer) => {
            let answer: String = format!("{answer:?}").chars().take(SHOWN).collect();
            Err(Failure(format!("{what}: expected {code}, saw success: {answer}")))
        }
        Err(error) => same(what, error.code().unwrap_or("no code"), code),
    }
}

static NAMES: AtomicU32 = AtomicU32::new(0);

/// Returns a name that no other check uses.
pub fn unique(stem: &str) -> String {
    format!("{stem}-{}-{}", std::process::id(), NAMES.fetch_add(1, Ordering::Relaxed))
}

/// Returns a client configuration for `endpoint`, without retries so that a check sees each answer.
pub async fn sdk_config(endpoint: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .load()
        .await
}
