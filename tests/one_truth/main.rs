//! One item layout: list types, times, keys and ages are the same for backfill, classify, verify
//! and the Lambda.

mod lists;
mod shared;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod times;
mod user;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_core::policy::Policy;
use reco_lambda::settings::Settings;
use reco_lambda::{Pipeline, handle};
use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};
use support::Harness;
use support::table::{
    assert_balanced, create_indexed, create_plain, expected, expire_by, harness, items, n, put, s,
};

fn numbers() -> Harness {
    harness(ScalarAttributeType::N, None)
}

fn list(ids: &[AttributeValue]) -> AttributeValue {
    AttributeValue::L(ids.to_vec())
}

/// The function as its environment would open it.
fn function(harness: &Harness, policy: &str) -> Result<Pipeline, String> {
    let policy = format!("[limits]\nmax_len = 100\n{policy}");
    let variables = [("RECO_TABLE", "recs"), ("RECO_FACTS", "none"), ("RECO_POLICY", &policy)];
    let settings = Settings::read(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    let shared = harness.the_sandbox().sdk_config();
    let opening = async { settings.expect("usable").open(&shared).await };
    harness.runtime.block_on(opening).map_err(|error| error.to_string())
}

/// Hands messages to the function in one batch; answers with the ids of those returned.
fn invoke(harness: &Harness, function: &Pipeline, bodies: &[&str]) -> Vec<String> {
    let mut event = SqsEvent::default();
    for (number, body) in bodies.iter().enumerate() {
        let mut message = SqsMessage::default();
        message.message_id = Some(number.to_string());
        message.body = Some((*body).to_owned());
        event.records.push(message);
    }
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    let handled = harness.runtime.block_on(handle(function, event, deadline)).expect("handled");
    let failures = handled.response.batch_item_failures.into_iter();
    failures.map(|failure| failure.item_identifier).collect()
}
