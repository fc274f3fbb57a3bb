//! Queues, table and what the table holds.

use super::cast::{Cast, Held};
use super::{DLQ, QUEUE, SeedError, SeedOptions, Services, TABLE};
use crate::dynamodb::DynamoDb;
use serde_json::{Value, json};

/// The source queue keeps the 256 KiB that were the limit before SQS took messages of 1 MiB.
pub const SOURCE_MESSAGE_BYTES: usize = 256 * 1024;
/// Longest retention there is: 14 days, in seconds (AWS: longer on the DLQ than on its source).
const DLQ_RETENTION_S: &str = "1209600";
/// AWS: a batch of 25.
const BATCH: usize = 25;

/// Creates the queues and the table.
pub fn create(services: &Services<'_>, options: &SeedOptions) -> Result<(), SeedError> {
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
    create_table(services.dynamodb)
}

fn create_table(dynamodb: &DynamoDb) -> Result<(), SeedError> {
    let mut table = json!({
        "TableName": TABLE,
        "KeySchema": [{ "AttributeName": "user_id", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "user_id", "AttributeType": "N" }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    if let Some(capacity) = dynamodb.capacity() {
        // A table has whole units, at least one; the limiter takes fractions for tests.
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

/// Writes what the table holds from earlier runs, past limiter and meter.
pub fn fill_table(dynamodb: &DynamoDb, cast: &Cast) -> Result<(), SeedError> {
    for held in cast.held().chunks(BATCH) {
        let puts: Vec<Value> =
            held.iter().map(|held| json!({ "PutRequest": { "Item": item(held) } })).collect();
        let request = json!({ "RequestItems": { TABLE: puts } });
        let request = serde_json::from_value(request).map_err(refused)?;
        dynamodb.database().batch_write_item(request).map_err(refused)?;
    }
    Ok(())
}

fn item(held: &Held) -> Value {
    let number = |number: i64| json!({ "N": number.to_string() });
    let articles: Vec<Value> = held.articles.iter().map(|article| number(*article)).collect();
    json!({
        "user_id": number(held.user),
        "recommended_note_ids": { "L": articles },
        "generated_at": number(held.generated_at),
    })
}

fn refused(error: impl std::fmt::Display) -> SeedError {
    SeedError::DynamoDb(error.to_string())
}
