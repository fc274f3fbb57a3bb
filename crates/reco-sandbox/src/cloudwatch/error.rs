//! CloudWatch's errors as both its protocols encode them: a map with `__type` and a message.

use super::wire::Format;
use crate::http::StatusCode;
use serde::Serialize;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudwatchError {
    status: StatusCode,
    kind: String,
    message: String,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(rename = "__type")]
    kind: &'a str,
    message: &'a str,
}

impl CloudwatchError {
    fn sender(kind: &str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, kind: kind.to_owned(), message: message.into() }
    }

    /// Returns the error for a request that breaks a rule of the API.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::sender("ValidationError", message)
    }

    /// Returns the error for a parameter whose value is out of range.
    pub fn invalid_value(message: impl Into<String>) -> Self {
        Self::sender("com.amazonaws.cloudwatch#InvalidParameterValueException", message)
    }

    /// Returns the error for two parameters that exclude each other.
    pub fn invalid_combination(message: impl Into<String>) -> Self {
        Self::sender("com.amazonaws.cloudwatch#InvalidParameterCombinationException", message)
    }

    /// Returns the error for a required parameter that is missing.
    pub fn missing(name: &str) -> Self {
        Self::sender(
            "com.amazonaws.cloudwatch#MissingRequiredParameterException",
            format!("The parameter {name} is required."),
        )
    }

    /// A call that the caller's policies do not allow.
    pub fn denied(message: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, ..Self::sender("AccessDenied", message) }
    }

    /// A token that no earlier answer of the same request gave.
    pub fn invalid_token() -> Self {
        Self::sender(
            "com.amazonaws.cloudwatch#InvalidNextToken",
            "The next token specified is invalid.",
        )
    }

    /// Returns the error for a body that violates the protocol.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::sender("SerializationException", message)
    }

    /// Returns the error for a body above the size limit.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Self::sender("RequestEntityTooLargeException", message)
        }
    }

    /// Returns the error for an operation that the sandbox lacks.
    pub fn unknown_operation(name: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::sender(
                "UnknownOperationException",
                format!("the sandbox's CloudWatch has no operation {name}"),
            )
        }
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the body in the caller's format.
    pub fn body(&self, format: Format) -> Vec<u8> {
        format.write(&ErrorBody { kind: &self.kind, message: &self.message }).unwrap_or_default()
    }
}
