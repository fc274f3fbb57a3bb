//! `BatchGetItem`, repeated until no key comes back unprocessed.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use reco_core::words::amount;

use crate::retry::{self, RetryOptions};
use crate::service::{ErrorKind, ServiceError};

/// Maximum number of keys per call.
/// AWS: "BatchGetItem": 100 items and 16 MB per call.
pub const MAX_KEYS: usize = 100;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// Requests whole items with strongly consistent reads.
pub(crate) fn whole(keys: &[Item]) -> KeysAndAttributes {
    let keys = KeysAndAttributes::builder().set_keys(Some(keys.to_vec()));
    keys.consistent_read(true).build().expect("keys are set")
}

/// Returns the items of `keys`, at most [`MAX_KEYS`]; keys without an item are absent. `request`
/// builds the request for the keys that are left.
///
/// # Errors
/// When a call fails permanently, or as many calls in a row as `retry` allows return keys
/// unprocessed.
pub(crate) async fn get_all(
    client: &Client,
    table: &str,
    retry: &RetryOptions,
    mut keys: Vec<Item>,
    request: impl Fn(&[Item]) -> KeysAndAttributes,
) -> Result<Vec<Item>, ServiceError> {
    let (asked, mut items, mut fruitless) = (keys.len(), Vec::new(), 0);
    while !keys.is_empty() {
        let answer = retry::read("BatchGetItem", table, retry, || {
            client.batch_get_item().request_items(table, request(&keys)).send()
        })
        .await?;
        items.extend(answer.responses.unwrap_or_default().into_values().flatten());
        let left = answer.unprocessed_keys.unwrap_or_default();
        let left: Vec<Item> = left.into_values().flat_map(|left| left.keys).collect();
        // An answer that names what was not asked tells nothing about what was.
        if items.len() > asked || !left.iter().all(|key| keys.contains(key)) {
            let reason = "the response names keys that were not requested";
            return Err(ServiceError::without_code(
                "BatchGetItem",
                table,
                ErrorKind::Unavailable,
                reason,
            ));
        }
        if left.is_empty() {
            break;
        }
        let before = keys.len();
        keys.retain(|key| left.contains(key));
        fruitless = if keys.len() < before { 1 } else { fruitless + 1 };
        if fruitless >= retry.max_attempts {
            let keys = amount(keys.len(), "key");
            let reason = format!("{keys} came back unprocessed every time");
            return Err(ServiceError::without_code(
                "BatchGetItem",
                table,
                ErrorKind::Throttled,
                reason,
            ));
        }
        tokio::time::sleep(retry.delay(fruitless)).await;
    }
    Ok(items)
}
