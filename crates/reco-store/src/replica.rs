//! A copy of a table's layout and of some of its items in another place, to try things on.

use std::collections::HashSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    BillingMode, GlobalSecondaryIndex, LocalSecondaryIndex, PutRequest, TableDescription,
    WriteRequest,
};
use reco_core::Id;
use reco_core::item::Schema;

use crate::batch_get::{Item, MAX_KEYS, get_all, whole};
use crate::encode::key_of;
use crate::retry::{self, RetryOptions};
use crate::service::{ErrorKind, ServiceError};

/// Items per put. AWS: "BatchWriteItem": at most 25 items and 16 MB; an item has up to 400 KB, which
/// may be three times as much as JSON.
const MAX_PUTS: usize = 10;

/// Creates a table in `to` with the name, keys and indexes of a table in `from`, on demand and
/// without its items.
///
/// # Errors
/// [`ServiceError`] if the table cannot be described, or not be created.
pub async fn create_like(from: &Client, table: &str, to: &Client) -> Result<(), ServiceError> {
    let retry = RetryOptions::default();
    let answer = retry::read("DescribeTable", table, &retry, || {
        from.describe_table().table_name(table).send()
    });
    let Some(description) = answer.await?.table else {
        return Err(unavailable("DescribeTable", table, "the response describes no table"));
    };
    let name = description.table_name.as_deref().unwrap_or(table);
    let (global, local) = indexes(&description);
    to.create_table()
        .table_name(name)
        .set_key_schema(description.key_schema.clone())
        .set_attribute_definitions(description.attribute_definitions.clone())
        .set_global_secondary_indexes(global)
        .set_local_secondary_indexes(local)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .map_err(|error| ServiceError::from_sdk("CreateTable", name, &error))?;
    Ok(())
}

type Indexes = (Option<Vec<GlobalSecondaryIndex>>, Option<Vec<LocalSecondaryIndex>>);

/// Returns the indexes as a request has them; an index that is not complete is left out.
fn indexes(description: &TableDescription) -> Indexes {
    let global = description.global_secondary_indexes.iter().flatten().filter_map(|index| {
        GlobalSecondaryIndex::builder()
            .set_index_name(index.index_name.clone())
            .set_key_schema(index.key_schema.clone())
            .set_projection(index.projection.clone())
            .build()
            .ok()
    });
    let local = description.local_secondary_indexes.iter().flatten().filter_map(|index| {
        LocalSecondaryIndex::builder()
            .set_index_name(index.index_name.clone())
            .set_key_schema(index.key_schema.clone())
            .set_projection(index.projection.clone())
            .build()
            .ok()
    });
    // An empty list is refused.
    let (global, local): (Vec<_>, Vec<_>) = (global.collect(), local.collect());
    ((!global.is_empty()).then_some(global), (!local.is_empty()).then_some(local))
}

/// Copies the items of these users, as they are, with strongly consistent reads; returns their
/// number.
///
/// # Errors
/// [`ServiceError`] if they cannot be read, or not be written.
pub async fn copy_items(
    (from, to): (&Client, &Client),
    table: &str,
    schema: &Schema,
    users: impl IntoIterator<Item = &Id>,
) -> Result<usize, ServiceError> {
    // A key that the table cannot hold has no item.
    let unique: HashSet<&Id> =
        users.into_iter().filter(|user| schema.check_user(user).is_ok()).collect();
    let keys: Vec<Item> = unique.into_iter().map(|user| key_of(user, schema)).collect();
    let retry = RetryOptions::default();
    let mut copied = 0;
    for keys in keys.chunks(MAX_KEYS) {
        let items = get_all(from, table, &retry, keys.to_vec(), whole).await?;
        copied += items.len();
        for items in items.chunks(MAX_PUTS) {
            put(to, table, items).await?;
        }
    }
    Ok(copied)
}

/// Puts items until none comes back unprocessed.
async fn put(client: &Client, table: &str, items: &[Item]) -> Result<(), ServiceError> {
    let request = |item: &Item| {
        let put = PutRequest::builder().set_item(Some(item.clone())).build().expect("item is set");
        WriteRequest::builder().put_request(put).build()
    };
    let mut left: Vec<WriteRequest> = items.iter().map(request).collect();
    for _ in 0..RetryOptions::default().max_attempts {
        if left.is_empty() {
            return Ok(());
        }
        let answer = client
            .batch_write_item()
            .request_items(table, left)
            .send()
            .await
            .map_err(|error| ServiceError::from_sdk("BatchWriteItem", table, &error))?;
        left = answer.unprocessed_items.unwrap_or_default().into_values().flatten().collect();
    }
    match left.len() {
        0 => Ok(()),
        _ => Err(unavailable("BatchWriteItem", table, "items came back unprocessed every time")),
    }
}

fn unavailable(operation: &'static str, table: &str, message: &str) -> ServiceError {
    ServiceError::without_code(operation, table, ErrorKind::Unavailable, message)
}
