//! Routing of a request to its service, and the responses for unknown requests.

use crate::http::{
    AWS_JSON, HeaderValue, Request, Response, StatusCode, header, is_query_protocol, respond,
    target,
};
use crate::{cloudwatch, dynamodb, logs, sqs};
use hyper::http::request::Parts;

/// DynamoDB's second target prefix, for its streams.
const STREAMS_TARGET_PREFIX: &str = "DynamoDBStreams_20120810.";

/// Service that a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceRoute {
    /// `X-Amz-Target: AmazonSQS.*`.
    Sqs,
    /// `X-Amz-Target: DynamoDB_20120810.*`.
    DynamoDb,
    /// A CloudWatch operation: over rpc-v2-cbor it is in the path, over awsJson in
    /// `X-Amz-Target: GraniteServiceVersion20100801.*`.
    Cloudwatch(cloudwatch::Format, String),
    /// A CloudWatch Logs operation: `X-Amz-Target: Logs_20140328.*`.
    Logs(String),
    /// Anything else.
    Unknown,
}

impl ServiceRoute {
    /// Returns the route of a request by its path and headers.
    pub fn of(parts: &Parts) -> Self {
        if let Some(operation) = parts.uri.path().strip_prefix(cloudwatch::PATH_PREFIX)
            && header(&parts.headers, "smithy-protocol") == Some("rpc-v2-cbor")
        {
            return Self::Cloudwatch(cloudwatch::Format::Cbor, operation.to_owned());
        }
        let target = target(&parts.headers);
        if let Some(operation) = target.and_then(|t| t.strip_prefix(cloudwatch::TARGET_PREFIX)) {
            return Self::Cloudwatch(cloudwatch::Format::Json, operation.to_owned());
        }
        if let Some(operation) = target.and_then(|target| target.strip_prefix(logs::TARGET_PREFIX))
        {
            return Self::Logs(operation.to_owned());
        }
        match target {
            Some(target) if target.starts_with(sqs::TARGET_PREFIX) => Self::Sqs,
            Some(target)
                if target.starts_with(dynamodb::TARGET_PREFIX)
                    || target.starts_with(STREAMS_TARGET_PREFIX) =>
            {
                Self::DynamoDb
            }
            _ => Self::Unknown,
        }
    }
}

/// Returns the answer to a call for a service that the sandbox lacks, in a format its client can
/// read: XML for the query protocol of older SDKs, JSON for the rest.
pub fn unknown(request: &Request) -> Response {
    if is_query_protocol(request) {
        return query_protocol();
    }
    let asked = target(request.headers()).unwrap_or(request.uri().path());
    json_error(
        "UnknownOperationException",
        &format!(
            "the sandbox has no operation {asked}: it serves SQS, DynamoDB, CloudWatch and CloudWatch \
             Logs over awsJson (X-Amz-Target), and CloudWatch over rpc-v2-cbor"
        ),
        StatusCode::BAD_REQUEST,
    )
}

/// Returns the answer to a body that could not be read or is larger than any AWS call.
pub fn unreadable(reason: &str) -> Response {
    json_error(
        "RequestEntityTooLargeException",
        &format!("the request's body could not be read: {reason}"),
        StatusCode::PAYLOAD_TOO_LARGE,
    )
}

/// The answer to a call that the caller's policies do not allow, as each service gives it.
pub fn denied(route: &ServiceRoute, message: &str) -> Response {
    match route {
        ServiceRoute::Cloudwatch(format, _) => cloudwatch::denied(*format, message),
        ServiceRoute::Logs(_) => logs::denied(message),
        ServiceRoute::Sqs => {
            let mut response = json_error("AccessDeniedException", message, StatusCode::FORBIDDEN);
            let code = HeaderValue::from_static("AccessDenied;Sender");
            response.headers_mut().insert("x-amzn-query-error", code);
            response
        }
        _ => json_error("AccessDeniedException", message, StatusCode::BAD_REQUEST),
    }
}

fn json_error(kind: &str, message: &str, status: StatusCode) -> Response {
    let body = serde_json::json!({
        "__type": format!("com.amazon.coral.service#{kind}"),
        "message": message,
    });
    respond(status, AWS_JSON, body.to_string())
}

fn query_protocol() -> Response {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>\
                the sandbox does not serve the query protocol of older SDKs: use a current one\
                </Message></Error><RequestId>sandbox</RequestId></ErrorResponse>";
    respond(StatusCode::BAD_REQUEST, "text/xml", body)
}
