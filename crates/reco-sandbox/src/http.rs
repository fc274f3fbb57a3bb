//! The HTTP types the sandbox's servers share: a request whose body has been read, and a response
//! whose body is in memory.

use hyper::body::Bytes;
pub use hyper::http::{HeaderMap, HeaderValue, StatusCode};

/// A request with its whole body read.
pub type Request = hyper::http::Request<Bytes>;
/// A response with its whole body in memory.
pub type Response = hyper::http::Response<Bytes>;

/// The media type of awsJson 1.0 (SQS and DynamoDB).
pub const AWS_JSON: &str = "application/x-amz-json-1.0";

/// Returns the text of a header.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Returns the `X-Amz-Target` of an awsJson call: a prefix of its service, and its operation.
pub fn target(headers: &HeaderMap) -> Option<&str> {
    header(headers, "x-amz-target")
}

/// Returns whether a call is of the query protocol, which older SDKs speak.
pub fn is_query_protocol(request: &Request) -> bool {
    let kind = header(request.headers(), "content-type");
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// Returns a response with this status, media type and body.
#[must_use]
pub fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
    response
}
