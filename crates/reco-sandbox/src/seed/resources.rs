//! Queues, the table and its items.

use super::cast::{Cast, HeldList};
use super::{DLQ, QUEUE, SeedError, SeedOptions, TABLE};
use crate::dynamodb::DynamoDb;
use crate::services::Services;
use reco_core::item::{ItemDescription, KeyPart, KeyType, Schema};
use reco_core::{Id, Time};
use serde_json::{Map, Value, json};

/// Message size limit of the source queue: 256 KiB, the maximum before SQS accepted 1 MiB.
pub const SOURCE_MESSAGE_BYTES: usize = 256 * 1024;
/// Longest retention: 14 days, in seconds (AWS: keep the DLQ's longer than its source's).
const DLQ_RETENTION_S: &str = "1209600";
/// AWS: BatchWriteItem takes at most 25 writes.
const BATCH: usize = 25;

/// Creates the queues and the table.
pub fn create(
    services: &Services,
    options: &SeedOptions,
    schema: &Schema,
) -> Result<(), SeedError> {
    services.sqs.create_queue(DLQ, &[("MessageRetentionPeriod", DLQ_RETENTION_S)])?;
    let redrive = json!({
        "deadLetterTargetArn": services.sqs.queue_arn(DLQ),
        "maxReceiveCount": options.max_receive_count,
    })
    .to_string();
    let visibility = options.visibility_timeout_s.to_string();
    let limit = SOURCE_MESSAGE_BYTES.to_string();
    services.sqs.create_queue(
        QUEUE,
        &[
            ("RedrivePolicy", &redrive),
            ("VisibilityTimeout", &visibility),
            ("MaximumMessageSize", &limit),
        ],
    )?;
    create_table(&services.dynamodb, schema)
}

/// Returns the table layout that the policy describes; article ids are Number unless it says
/// otherwise.
pub fn schema(item: &ItemDescription) -> Schema {
    let assumed = item.assumed_schema();
    Schema { list_type: assumed.list_type.or(Some(KeyType::N)), ..assumed }
}

fn create_table(dynamodb: &DynamoDb, schema: &Schema) -> Result<(), SeedError> {
    let partition = (&schema.user_attr, schema.key_type, "HASH");
    let sort = schema.sort.as_ref().map(|sort| (&sort.name, sort.kind, "RANGE"));
    let keys: Vec<_> = std::iter::once(partition).chain(sort).collect();
    let of = |value: fn(&(&String, KeyType, &str)) -> Value| keys.iter().map(value).collect();
    let roles: Vec<Value> = of(|(name, _, role)| json!({ "AttributeName": name, "KeyType": role }));
    let types: Vec<Value> =
        of(|(name, kind, _)| json!({ "AttributeName": name, "AttributeType": kind }));
    let mut table = json!({
        "TableName": TABLE,
        "KeySchema": roles,
        "AttributeDefinitions": types,
        "BillingMode": "PAY_PER_REQUEST",
    });
    if let Some(capacity) = dynamodb.capacity() {
        // A table has whole units, at least one; the limiter also takes fractions, for tests.
        let wcu = capacity.wcu.ceil().max(1.0) as u64;
        table["BillingMode"] = "PROVISIONED".into();
        table["ProvisionedThroughput"] =
            json!({ "ReadCapacityUnits": 1_000, "WriteCapacityUnits": wcu });
    }
    let request = serde_json::from_value(table).map_err(refused)?;
    dynamodb.database().create_table(request).map_err(refused)?;
    let expiry = json!({
        "TableName": TABLE,
        "TimeToLiveSpecification": { "AttributeName": "expires_at", "Enabled": true },
    });
    let request = serde_json::from_value(expiry).map_err(refused)?;
    dynamodb.database().update_time_to_live(request).map_err(refused)?;
    Ok(())
}

/// Writes the items of earlier runs to the table, bypassing limiter and meter.
pub fn fill_table(dynamodb: &DynamoDb, cast: &Cast, schema: &Schema) -> Result<(), SeedError> {
    for held in cast.held().chunks(BATCH) {
        let put = |held: &HeldList| json!({ "PutRequest": { "Item": item(held, schema) } });
        let puts: Vec<Value> = held.iter().map(put).collect();
        let request = json!({ "RequestItems": { TABLE: puts } });
        let request = serde_json::from_value(request).map_err(refused)?;
        dynamodb.database().batch_write_item(request).map_err(refused)?;
    }
    Ok(())
}

fn item(held: &HeldList, schema: &Schema) -> Value {
    let typed = |kind: KeyType, text: String| json!({ format!("{kind:?}"): text });
    let list_type = schema.list_type.unwrap_or(KeyType::N);
    let articles = held.articles.iter().map(|article| typed(list_type, article.to_string()));
    let mut item = Map::new();
    for KeyPart { name, kind, text } in schema.key_of(&Id::from(held.user)) {
        item.insert(name.to_owned(), typed(kind, text));
    }
    let articles: Vec<Value> = articles.collect();
    item.insert(schema.list_attr.clone(), json!({ "L": articles }));
    let form = schema.time_form;
    let time = form.text(Time::from_seconds(held.generated_at));
    item.insert(schema.generated_at_attr.clone(), typed(form.kind(), time));
    Value::Object(item)
}

fn refused(error: impl std::fmt::Display) -> SeedError {
    SeedError::DynamoDb(error.to_string())
}
