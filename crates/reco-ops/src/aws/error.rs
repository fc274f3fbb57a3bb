//! Translates SDK errors into errors that an operator can act on.

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use reco_store::answer;

use crate::error::{Error, Kind};

/// Error codes of rejected or missing credentials.
const CREDENTIAL_CODES: [&str; 9] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
    "AuthFailure",
];

/// Error codes of missing permissions.
const PERMISSION_CODES: [&str; 4] =
    ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "KMS.AccessDeniedException"];

/// Explains a failed call. `what` reads after "error: ", e.g. `cannot receive from queue recs-dlq`.
pub fn explain<E>(what: impl Into<String>, error: &SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let what = what.into();
    if let SdkError::ServiceError(_) | SdkError::ResponseError(_) = error
        && let Some(answer) = answer::not_aws(error)
    {
        return Error::service(what).cause(answer).hint(
            "a proxy or another server responded: check --endpoint-url, HTTPS_PROXY and the network",
        );
    }
    if let SdkError::ServiceError(service) = error {
        let code = service.err().code().unwrap_or_default();
        let clock = answer::clock(code, service.err().message().unwrap_or_default(), error);
        return match clock {
            None => explain_service(what, service.err()),
            Some(clock) => Error {
                kind: Kind::Credentials,
                ..explain_service(what, service.err())
            }
            .cause(clock)
            .hint("fix the system clock: AWS rejects signatures that are more than 5 minutes off"),
        };
    }
    let mut explained = Error::new(Kind::Service, what);
    if let Some(broken_off) = answer::broken_off(error) {
        explained = explained.cause(broken_off);
    }
    let mut explained = explained.because(error);
    // Layers of the SDK that tell an operator nothing.
    explained.causes.retain(|cause| !matches!(cause.as_str(), "dispatch failure" | "other"));
    let words = explained.to_string().to_lowercase();
    if words.contains("credential") {
        return Error { kind: Kind::Credentials, ..explained }.hint(
            "pass --profile, log in again (`aws sso login`), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        );
    }
    explained.hint("check the region, --endpoint-url and the network; if the call never arrived, it changed nothing")
}

fn explain_service<E: ProvideErrorMetadata>(what: String, error: &E) -> Error {
    let code = error.code().unwrap_or("unknown error");
    let words = error.message().unwrap_or("no further details");
    let short = code.rsplit(['#', '.']).next().unwrap_or(code);
    let explained = Error::service(what).cause(format!("{code}: {words}"));
    if CREDENTIAL_CODES.contains(&code) {
        return Error { kind: Kind::Credentials, ..explained }
            .hint("credentials are expired or invalid: log in again, or pass another --profile");
    }
    if PERMISSION_CODES.contains(&code) {
        return Error { kind: Kind::Credentials, ..explained }.hint(
            "the current credentials lack this permission; see the operator policy in deploy/",
        );
    }
    match short {
        "NonExistentQueue" | "QueueDoesNotExist" => {
            Error { kind: Kind::Config, ..explained }.hint("check the queue name, region and account")
        }
        "ResourceNotFoundException" => {
            Error { kind: Kind::Config, ..explained }.hint("check the table name, region and account")
        }
        "OverLimit" => explained.hint(
            "too many messages in flight (about 120,000): wait for their visibility timeout to end, or lower --max",
        ),
        _ => explained,
    }
}
