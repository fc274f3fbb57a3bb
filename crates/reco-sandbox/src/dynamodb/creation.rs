//! Tables that stay in CREATING for a while, as they do on AWS.
//!
//! AWS: "CreateTable": the status is CREATING until the table can be used, then ACTIVE.

use super::TARGET_PREFIX;
use super::engine::replace_body;
use super::plan::table_name;
use crate::http::{Request, Response, target};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Number of descriptions left, by table, that say CREATING.
#[derive(Clone, Default)]
pub(super) struct Creation(Arc<Mutex<HashMap<String, u32>>>);

impl Creation {
    pub(super) fn begin(&self, table: &str, descriptions: u32) {
        self.0.lock().insert(table.to_owned(), descriptions);
    }

    /// Returns whether a request describes a table that is still being created, and counts that
    /// description.
    pub(super) fn is_described(&self, request: &Request) -> bool {
        let operation = target(request.headers()).and_then(|t| t.strip_prefix(TARGET_PREFIX));
        let mut left = self.0.lock();
        if operation != Some("DescribeTable") || left.is_empty() {
            return false;
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let table = table_name(body["TableName"].as_str().unwrap_or_default());
        match left.get_mut(table) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

/// Sets the status in a table's description to CREATING.
pub(super) fn mark(response: &mut Response) {
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else { return };
    if let Some(status) = body.pointer_mut("/Table/TableStatus") {
        *status = "CREATING".into();
        replace_body(response, body.to_string().into());
    }
}
