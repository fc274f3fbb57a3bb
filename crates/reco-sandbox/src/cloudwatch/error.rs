//! CloudWatch's errors as both its protocols carry them: a map with `__type` and a message.

use super::wire::Format;
use crate::http::StatusCode;
use serde::Serialize;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    status: StatusCode,
    kind: String,
    message: String,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "__type")]
    kind: &'a str,
    message: &'a str,
}

impl Error {
    fn sender(kind: &str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, kind: kind.to_owned(), message: message.into() }
    }

    /// A request that breaks a rule of the API.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::sender("ValidationError", message)
    }

    /// A parameter whose value is out of range.
    pub fn invalid_value(message: impl Into<String>) -> Self {
        Self::sender("com.amazonaws.cloudwatch#InvalidParameterValueException", message)
    }

    /// Two parameters that exclude each other.
    pub fn invalid_combination(message: impl Into<String>) -> Self {
        Self::sender("com.amazonaws.cloudwatch#InvalidParameterCombinationException", message)
    }

    /// A parameter that must be there and is not.
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

    /// A body that is not what the protocol says.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::sender("SerializationException", message)
    }

    /// A body above the limit.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Self::sender("RequestEntityTooLargeException", message)
        }
    }

    /// An operation the sandbox does not have.
    pub fn unknown_operation(name: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::sender(
                "UnknownOperationException",
                format!("the sandbox's CloudWatch has no operation {name}"),
            )
        }
    }

    /// The HTTP status it travels under.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The body in the caller's format.
    pub fn body(&self, format: Format) -> Vec<u8> {
        format.write(&Body { kind: &self.kind, message: &self.message }).unwrap_or_default()
    }
}
