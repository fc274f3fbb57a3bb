//! Generation times of the lists in the table, which tell stale messages from fresh ones.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures::{StreamExt, TryStreamExt, stream};
use reco_core::Id;
use reco_core::classify::Held;
use reco_core::item::Schema;

use crate::batch_get::{Item, MAX_KEYS, get_all};
use crate::encode::{key_of, time_of, user_of};
use crate::retry::RetryOptions;
use crate::service::ServiceError;

/// Maximum number of calls in flight, so that an operator's reads do not crowd out the pipeline's.
const CONCURRENCY: usize = 4;

/// Reads the generation times of these users' items. A user without an item or time is absent from
/// the result.
///
/// Reads are strongly consistent, since they decide whether a redrive would overwrite newer data.
///
/// # Errors
/// [`ServiceError`] if DynamoDB cannot answer for all of the users.
pub async fn read_generated_at(
    client: &Client,
    table: &str,
    schema: &Schema,
    users: impl IntoIterator<Item = &Id>,
) -> Result<HashMap<Id, Held>, ServiceError> {
    // A key that the table cannot hold would fail the whole call, and has no item anyway.
    let fits = |id: &&Id| schema.check_user(id).is_ok();
    let unique: HashSet<&Id> = users.into_iter().filter(fits).collect();
    let keys: Vec<Item> = unique.into_iter().map(|id| key_of(id, schema)).collect();
    let calls: Vec<Vec<Item>> = keys.chunks(MAX_KEYS).map(<[Item]>::to_vec).collect();
    let retry = RetryOptions::default();
    let answers: Vec<Vec<Item>> = stream::iter(calls)
        .map(|keys| get_all(client, table, &retry, keys, |keys| request(keys, schema)))
        .buffer_unordered(CONCURRENCY)
        .try_collect()
        .await?;
    Ok(answers.iter().flatten().filter_map(|item| held(item, schema)).collect())
}

fn request(keys: &[Item], schema: &Schema) -> KeysAndAttributes {
    let request = KeysAndAttributes::builder()
        .set_keys(Some(keys.to_vec()))
        .expression_attribute_names("#user", &schema.user_attr)
        .expression_attribute_names("#time", &schema.generated_at_attr)
        .consistent_read(true);
    let request = match &schema.sort {
        None => request.projection_expression("#user, #time"),
        Some(sort) => request
            .projection_expression("#user, #time, #sort")
            .expression_attribute_names("#sort", &sort.name),
    };
    request.build().expect("keys are set")
}

fn held(item: &Item, schema: &Schema) -> Option<(Id, Held)> {
    let user = user_of(item, schema)?;
    match time_of(item, schema) {
        Ok(time) => Some((user, Held::At(time?))),
        Err(why) => Some((user, Held::Unreadable(why))),
    }
}
