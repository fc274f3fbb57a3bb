//! Answer to a write that was throttled entirely.

use std::str::FromStr;

use super::engine::{replace_body, table_arn};
use super::limiter::Resource;
use crate::http::{AWS_JSON, Response, StatusCode, respond};

/// The limit that a throttled write is said to have hit.
///
/// AWS: "Diagnosing throttling", the reasons of exceptions and the metrics of each. The sandbox has one
/// limit, the write capacity of a table or index; what it is called decides what the operator has to do
/// about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ThrottleCause {
    /// `provisioned`: the capacity of the table.
    #[default]
    Provisioned,
    /// `key-range`: 1,000 write units a second of one partition, by hot keys.
    KeyRange,
    /// `on-demand`: the maximum of an on-demand table.
    OnDemandMaximum,
    /// `account`: the quota of the account in the region.
    Account,
}

/// Names, reasons, metrics and exceptions of the causes.
const CAUSES: [(ThrottleCause, &str, &str, &str, &str); 4] = [
    (
        ThrottleCause::Provisioned,
        "provisioned",
        "TableWriteProvisionedThroughputExceeded",
        "WriteProvisionedThroughputThrottleEvents",
        "ProvisionedThroughputExceededException",
    ),
    (
        ThrottleCause::KeyRange,
        "key-range",
        "TableWriteKeyRangeThroughputExceeded",
        "WriteKeyRangeThroughputThrottleEvents",
        "ThrottlingException",
    ),
    (
        ThrottleCause::OnDemandMaximum,
        "on-demand",
        "TableWriteMaxOnDemandThroughputExceeded",
        "WriteMaxOnDemandThroughputThrottleEvents",
        "ThrottlingException",
    ),
    (
        ThrottleCause::Account,
        "account",
        "TableWriteAccountLimitExceeded",
        "WriteAccountLimitThrottleEvents",
        "RequestLimitExceeded",
    ),
];

impl ThrottleCause {
    fn row(
        self,
    ) -> &'static (ThrottleCause, &'static str, &'static str, &'static str, &'static str) {
        CAUSES.iter().find(|row| row.0 == self).unwrap_or(&CAUSES[0])
    }

    /// The metric that counts it.
    #[must_use]
    pub fn metric(self) -> &'static str {
        self.row().3
    }
}

impl FromStr for ThrottleCause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = CAUSES.iter().find(|row| row.1 == text).map(|row| row.0);
        named.ok_or_else(|| "must be provisioned, key-range, on-demand or account".to_owned())
    }
}

/// The exception of the cause, with the reason for each table and index.
///
/// AWS: a batch of which nothing was processed fails as a whole; `ThrottlingReasons` names the
/// limit that was hit and the resource it belongs to.
pub(super) fn exception<'a>(
    cause: ThrottleCause,
    resources: impl Iterator<Item = &'a Resource>,
) -> Response {
    let (_, _, reason, _, exception) = cause.row();
    let reasons: Vec<_> = resources
        .map(|resource| {
            let table = table_arn(&resource.table);
            match &resource.index {
                None => serde_json::json!({ "reason": reason, "resource": table }),
                Some(index) => serde_json::json!({
                    "reason": reason.replacen("Table", "Index", 1),
                    "resource": format!("{table}/index/{index}"),
                }),
            }
        })
        .collect();
    // The service model spells the member in two ways.
    let member = match cause {
        ThrottleCause::KeyRange | ThrottleCause::OnDemandMaximum => "throttlingReasons",
        ThrottleCause::Provisioned | ThrottleCause::Account => "ThrottlingReasons",
    };
    let body = serde_json::json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{exception}"),
        "message": "The level of configured provisioned throughput for the table or for one or more \
                    global secondary indexes of the table was exceeded. Consider increasing your \
                    provisioning level with the UpdateTable API.",
        member: reasons,
    })
    .to_string();
    let mut response = respond(StatusCode::BAD_REQUEST, AWS_JSON, "");
    replace_body(&mut response, body.into());
    response
}
