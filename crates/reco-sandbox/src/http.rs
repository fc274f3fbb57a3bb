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

/// Returns a response with this status, media type and body.
#[must_use]
pub fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
    response
}
