//! Answer to a write that was throttled entirely.

use super::engine::{replace_body, table_arn};
use crate::http::{AWS_JSON, Response, StatusCode, respond};

/// Returns a `ProvisionedThroughputExceededException` with the reason for each table.
///
/// AWS: a batch of which nothing was processed fails as a whole; `ThrottlingReasons` names the
/// limit that was hit and the resource it belongs to.
pub fn exception<'a>(tables: impl Iterator<Item = &'a str>) -> Response {
    let reasons: Vec<_> = tables
        .map(|table| {
            serde_json::json!({
                "reason": "TableWriteProvisionedThroughputExceeded",
                "resource": table_arn(table),
            })
        })
        .collect();
    let body = serde_json::json!({
        "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "message": "The level of configured provisioned throughput for the table was exceeded. \
                    Consider increasing your provisioning level with the UpdateTable API.",
        "ThrottlingReasons": reasons,
    })
    .to_string();
    let mut response = respond(StatusCode::BAD_REQUEST, AWS_JSON, "");
    replace_body(&mut response, body.into());
    response
}
