//! Real SDK clients that point at a sandbox, and what its pipeline holds.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::facts::{FactSet, Facts, FactsRequest};
use reco_sandbox::Sandbox;
use reco_sandbox::seed::TABLE;
use reco_store::facts::FactsSource;

/// Returns an SDK configuration for a sandbox, without retries so that a test sees each answer.
pub fn sdk_config(sandbox: &Sandbox) -> SdkConfig {
    let config = sandbox.sdk_config().into_builder();
    config.retry_config(RetryConfig::disabled()).build()
}

/// Returns every item of the seeded table.
pub async fn items(sandbox: &Sandbox) -> Vec<HashMap<String, AttributeValue>> {
    let client = aws_sdk_dynamodb::Client::new(&sdk_config(sandbox));
    let items = client.scan().table_name(TABLE).into_paginator().items().send();
    items.collect::<Result<_, _>>().await.expect("scanned")
}

/// Waits until something holds, 15 seconds at most.
pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !holds().await {
        assert!(Instant::now() < deadline, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Asks the seeded facts.
pub async fn facts(sandbox: &Sandbox, request: &FactsRequest) -> FactSet {
    let facts = &sandbox.seed().expect("a seed").facts;
    let source = FactsSource::from_url(&format!("sqlite:{}", facts.display())).await;
    source.expect("opened").lookup(request).await.expect("answered")
}
