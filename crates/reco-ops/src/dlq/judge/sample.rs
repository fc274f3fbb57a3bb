//! Messages for tests, classified by the real rules at a fixed time.

use std::collections::HashMap;

use reco_core::classify::{ClassifyContext, MessageContent, classify};
use reco_core::decode::decode;
use reco_core::facts::FactSet;
use reco_core::item::{KeyType, Schema};
use reco_core::policy::Policy;

use super::Row;

/// Returns a message classified without facts or a table.
#[must_use]
pub fn row(id: &str, body: &str, age_s: i64, time_left_s: i64) -> Row {
    let schema = Schema::with_key_type(KeyType::N);
    let content =
        MessageContent::judge(decode(body), &FactSet::Unavailable, &Policy::default(), &schema);
    let around = ClassifyContext {
        message_bytes: body.len(),
        destination_limit: None,
        sent_at: None,
        in_table: &HashMap::new(),
        superseded: false,
    };
    let verdict = classify(&content, &around);
    let row = Row::for_tests(id, verdict, 1_768_435_200_000);
    Row {
        age_s: Some(age_s),
        time_left_s: Some(time_left_s),
        receive_count: 4,
        size_bytes: body.len(),
        ..row
    }
}
