//! DynamoDB errors.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use serde::Serialize;

use crate::answer;

/// Kind of failure: determines whether to retry and what the operator should check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// Above the capacity of the table, an index or the account.
    Throttled,
    /// The service failed (5xx), or its response could not be read.
    Unavailable,
    /// The endpoint could not be reached, or did not respond in time.
    Unreachable,
    /// No such table in this account and region.
    NotFound,
    /// The caller is authenticated but not authorised.
    Denied,
    /// The caller has no valid credentials.
    Credentials,
    /// The request itself was rejected.
    Refused,
}

impl ErrorKind {
    /// Returns whether the same request may succeed later. Puts, gets and describes are all
    /// idempotent, so a request whose response was lost may be sent again.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(self, ErrorKind::Throttled | ErrorKind::Unavailable | ErrorKind::Unreachable)
    }

    fn hint(self) -> &'static str {
        match self {
            ErrorKind::Throttled => "; lower the rate or raise the table's write capacity",
            ErrorKind::Unavailable => "; try again later",
            ErrorKind::Unreachable => "; check the endpoint, the region and the network",
            ErrorKind::NotFound => "; check the table name, region and account",
            ErrorKind::Denied => "; check the caller's IAM policy",
            ErrorKind::Credentials => "; check the credentials and the profile",
            ErrorKind::Refused => "",
        }
    }
}

/// A failed call, with the service's message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{operation} on table {table:?} failed: {message}{}", .kind.hint())]
pub struct ServiceError {
    /// API action, such as `BatchGetItem`.
    pub operation: &'static str,
    /// Table name.
    pub table: String,
    /// Kind of failure.
    pub kind: ErrorKind,
    /// The service's error code, if it sent one.
    pub code: Option<String>,
    /// The service's message, or the reason why it could not be reached.
    pub message: String,
}

impl ServiceError {
    /// Creates the error of a response that this crate finds fault with; it has no code.
    pub(crate) fn without_code(
        operation: &'static str,
        table: &str,
        kind: ErrorKind,
        message: impl Into<String>,
    ) -> Self {
        let (table, message) = (table.to_owned(), message.into());
        ServiceError { operation, table, kind, code: None, message }
    }

    /// Classifies an SDK error.
    pub fn from_sdk<E>(
        operation: &'static str,
        table: &str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let code = error.code().map(str::to_owned);
        let mut message = match (&code, error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.clone(),
            (None, _) => {
                answer::not_aws(error).unwrap_or_else(|| match answer::broken_off(error) {
                    Some(broken_off) => format!("{broken_off}: {}", chain(error)),
                    None => chain(error),
                })
            }
        };
        let said = error.message().unwrap_or_default();
        if let Some(clock) = answer::clock(code.as_deref().unwrap_or_default(), said, error) {
            message.push_str(&format!("; {clock}"));
        }
        let kind = kind_of(error, code.as_deref());
        ServiceError { operation, table: table.to_owned(), kind, code, message }
    }
}

fn kind_of<E: Error + 'static>(error: &SdkError<E, HttpResponse>, code: Option<&str>) -> ErrorKind {
    if causes(error).any(|cause| cause.is::<CredentialsError>()) {
        return ErrorKind::Credentials;
    }
    match error {
        SdkError::TimeoutError(_) => ErrorKind::Unreachable,
        SdkError::DispatchFailure(failure) if failure.is_user() => ErrorKind::Refused,
        SdkError::DispatchFailure(_) => ErrorKind::Unreachable,
        SdkError::ResponseError(_) => ErrorKind::Unavailable,
        SdkError::ServiceError(service) => kind_of_code(code, service.raw().status().as_u16()),
        _ => ErrorKind::Refused,
    }
}

/// AWS: "Error handling with DynamoDB", and the errors common to all actions.
fn kind_of_code(code: Option<&str>, status: u16) -> ErrorKind {
    match (code.unwrap_or_default(), status) {
        (
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "Throttling"
            | "RequestLimitExceeded"
            | "LimitExceededException",
            _,
        )
        | (_, 429) => ErrorKind::Throttled,
        // One of two concurrent writes wins; the other may be retried.
        ("ReplicatedWriteConflictException" | "TransactionConflictException", _) => {
            ErrorKind::Unavailable
        }
        ("ResourceNotFoundException" | "TableNotFoundException", _) => ErrorKind::NotFound,
        ("AccessDeniedException" | "OptInRequired", _) => ErrorKind::Denied,
        (
            "UnrecognizedClientException"
            | "ExpiredTokenException"
            | "ExpiredToken"
            | "InvalidSignatureException"
            | "IncompleteSignatureException"
            | "MissingAuthenticationTokenException"
            | "InvalidClientTokenId",
            _,
        ) => ErrorKind::Credentials,
        (_, 500..) => ErrorKind::Unavailable,
        _ => ErrorKind::Refused,
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// Returns the causes of an error in one line, outermost first.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if texts.last().is_none_or(|last| !last.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_by_what_helps() {
        let cases = [
            ("ProvisionedThroughputExceededException", 400, ErrorKind::Throttled, true),
            ("ThrottlingException", 400, ErrorKind::Throttled, true),
            ("RequestLimitExceeded", 400, ErrorKind::Throttled, true),
            ("InternalServerError", 500, ErrorKind::Unavailable, true),
            ("ServiceUnavailable", 503, ErrorKind::Unavailable, true),
            ("TransactionConflictException", 400, ErrorKind::Unavailable, true),
            ("ResourceNotFoundException", 400, ErrorKind::NotFound, false),
            ("AccessDeniedException", 400, ErrorKind::Denied, false),
            ("ExpiredTokenException", 400, ErrorKind::Credentials, false),
            ("ValidationException", 400, ErrorKind::Refused, false),
        ];
        for (code, status, kind, transient) in cases {
            assert_eq!(kind_of_code(Some(code), status), kind, "{code}");
            assert_eq!(kind.is_transient(), transient, "{code}");
        }
        assert_eq!(kind_of_code(None, 502), ErrorKind::Unavailable);
    }
}
