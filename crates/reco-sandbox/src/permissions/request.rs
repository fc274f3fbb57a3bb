//! A request as IAM sees it: who calls which action on which resources.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::http::HeaderMap;
use serde_json::Value;

use crate::http::header;
use crate::sqs::Sqs;

/// The action and the resources of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskedCall {
    /// As policies name it.
    pub(crate) action: String,
    /// ARNs; `*` for an action without any.
    pub(crate) resources: Vec<String>,
}

/// The access key that signed a request (AWS: "Signature Version 4", the `Authorization` header).
pub(crate) fn access_key(headers: &HeaderMap) -> Option<&str> {
    let (_, credential) = header(headers, "authorization")?.split_once("Credential=")?;
    credential.split('/').next()
}

impl AskedCall {
    /// A call of SQS. AWS, "Actions, resources, and condition keys for Amazon SQS": a batch needs the
    /// action of single messages; a move task is about its source.
    pub(crate) fn of_sqs(operation: &str, body: &[u8], sqs: &Sqs) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body[name].as_str();
        let named = text("QueueUrl").and_then(|url| url.rsplit('/').next()).or(text("QueueName"));
        let resource = match (named, text("SourceArn")) {
            (Some(name), _) => Cow::Owned(sqs.queue_arn(name)),
            (None, Some(arn)) => Cow::Borrowed(arn),
            (None, None) if operation == "CancelMessageMoveTask" => {
                Cow::Owned(text("TaskHandle").and_then(source_of).unwrap_or_default())
            }
            // AWS lists no resource for ListQueues: policies have to allow it on all.
            (None, None) => Cow::Borrowed("*"),
        };
        let single = operation.strip_suffix("Batch").unwrap_or(operation);
        AskedCall { action: format!("sqs:{single}"), resources: vec![resource.into_owned()] }
    }

    /// A call of DynamoDB. A batch is about every table that it names.
    pub(crate) fn of_dynamodb(operation: &str, body: &[u8], region: &str, account: &str) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let tables: Vec<String> = match (&body["TableName"], &body["RequestItems"]) {
            (Value::String(table), _) => vec![table.clone()],
            (_, Value::Object(tables)) => tables.keys().cloned().collect(),
            _ => vec!["*".to_owned()],
        };
        let arn = |table: String| match table.starts_with("arn:") {
            true => table,
            false => format!("arn:aws:dynamodb:{region}:{account}:table/{table}"),
        };
        let resources = tables.into_iter().map(arn).collect();
        AskedCall { action: format!("dynamodb:{operation}"), resources }
    }

    /// A call of CloudWatch, whose actions on metrics know no resources.
    pub(crate) fn of_cloudwatch(operation: &str) -> Self {
        AskedCall { action: format!("cloudwatch:{operation}"), resources: vec!["*".to_owned()] }
    }

    /// A call of CloudWatch Logs. AWS: its errors name the group's streams, which an ARN that ends in
    /// `:*` covers; groups are described as a whole.
    pub(crate) fn of_logs(operation: &str, body: &[u8], region: &str, account: &str) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body[name].as_str();
        let group = text("logGroupName").or(text("logGroupIdentifier")).unwrap_or_default();
        let group = group.rsplit_once(":log-group:").map_or(group, |(_, name)| name);
        let resource = format!("arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:");
        AskedCall { action: format!("logs:{operation}"), resources: vec![resource] }
    }
}

/// The source's ARN, which the sandbox writes into the handle of a move task.
fn source_of(handle: &str) -> Option<String> {
    let handle = String::from_utf8(BASE64.decode(handle).ok()?).ok()?;
    handle.split_once('/').map(|(_, arn)| arn.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqs::SqsOptions;
    use hyper::http::HeaderValue;

    fn sqs(operation: &str, body: &str) -> (String, String) {
        let asked = AskedCall::of_sqs(operation, body.as_bytes(), &Sqs::new(SqsOptions::default()));
        (asked.action, asked.resources.join(" "))
    }

    #[test]
    fn a_call_is_an_action_on_resources() {
        let queue = "arn:aws:sqs:us-east-1:000000000000:recs".to_owned();
        for (operation, body) in [
            ("SendMessageBatch", r#"{"QueueUrl": "http://127.0.0.1:1/000000000000/recs"}"#),
            ("SendMessage", r#"{"QueueUrl": "http://127.0.0.1:1/000000000000/recs"}"#),
        ] {
            assert_eq!(sqs(operation, body), ("sqs:SendMessage".to_owned(), queue.clone()));
        }
        assert_eq!(sqs("GetQueueUrl", r#"{"QueueName": "recs"}"#).1, queue);
        assert_eq!(sqs("ListQueues", "{}").1, "*");
        let source = format!(r#"{{"SourceArn": "{queue}"}}"#);
        let started = ("sqs:StartMessageMoveTask".to_owned(), queue.clone());
        assert_eq!(sqs("StartMessageMoveTask", &source), started);
        let handle = BASE64.encode(format!("id/{queue}"));
        let cancelled = sqs("CancelMessageMoveTask", &format!(r#"{{"TaskHandle": "{handle}"}}"#));
        assert_eq!(cancelled, ("sqs:CancelMessageMoveTask".to_owned(), queue));

        let of = |operation, body: &str| {
            AskedCall::of_dynamodb(operation, body.as_bytes(), "us-east-1", "1").resources.join(" ")
        };
        let table = "arn:aws:dynamodb:us-east-1:1:table/recs";
        assert_eq!(of("DescribeTable", r#"{"TableName": "recs"}"#), table);
        assert_eq!(of("DescribeTable", &format!(r#"{{"TableName": "{table}"}}"#)), table);
        let batch = of("BatchWriteItem", r#"{"RequestItems": {"recs": [], "other": []}}"#);
        assert_eq!(batch, format!("{table} arn:aws:dynamodb:us-east-1:1:table/other"));
    }

    #[test]
    fn the_caller_is_who_signed() {
        let mut headers = HeaderMap::new();
        assert_eq!(access_key(&headers), None);
        let signed =
            "AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/sqs/aws4_request, Signature=0";
        headers.insert("authorization", HeaderValue::from_static(signed));
        assert_eq!(access_key(&headers), Some("reader"));
    }
}
