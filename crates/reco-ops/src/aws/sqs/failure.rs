//! Failures of whole calls, classified by their effect.

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use reco_core::settle::is_throttle;

use crate::aws::explain;
use crate::error::Error;

/// Effect of a call that failed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEffect {
    /// No effect; the same call may succeed later.
    Passing,
    /// No effect; the same call would fail again.
    Refused,
    /// No effect: the queue is at its limit of messages in flight (AWS: about 120,000).
    OverLimit,
    /// Unknown: the call may have succeeded, but the response was lost.
    Unknown,
}

/// Failure of a whole call.
#[derive(Debug)]
pub struct CallFailure {
    /// Effect of the failed call.
    pub effect: CallEffect,
    /// Error to show the operator.
    pub error: Error,
}

impl CallFailure {
    /// Explains an SDK error; `what` reads after "error: ".
    pub(super) fn of<E>(what: String, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        CallFailure { effect: effect(error), error: explain(what, error) }
    }
}

fn effect<E>(error: &SdkError<E>) -> CallEffect
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => CallEffect::Refused,
        // Credential problems and the like fail before a request is sent.
        SdkError::DispatchFailure(failure) if failure.is_user() => CallEffect::Refused,
        SdkError::DispatchFailure(_) if never_connected(error) => CallEffect::Passing,
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            effect_of(service.err().code().unwrap_or_default(), status)
        }
        _ => CallEffect::Unknown,
    }
}

fn effect_of(code: &str, status: u16) -> CallEffect {
    match status {
        _ if is_throttle(code) => CallEffect::Passing,
        _ if code.rsplit('#').next() == Some("OverLimit") => CallEffect::OverLimit,
        429 => CallEffect::Passing,
        // A 5xx does not tell at which point the server failed.
        500.. => CallEffect::Unknown,
        _ => CallEffect::Refused,
    }
}

fn never_connected(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source()).any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| {
            matches!(
                error.kind(),
                std::io::ErrorKind::ConnectionRefused
                    | std::io::ErrorKind::HostUnreachable
                    | std::io::ErrorKind::NetworkUnreachable
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_surely_had_no_effect_may_be_repeated() {
        assert_eq!(effect_of("RequestThrottled", 400), CallEffect::Passing);
        assert_eq!(effect_of("com.amazonaws.sqs#RequestThrottled", 403), CallEffect::Passing);
        assert_eq!(effect_of("AccessDeniedException", 400), CallEffect::Refused);
        assert_eq!(effect_of("BatchRequestTooLong", 400), CallEffect::Refused);
        assert_eq!(effect_of("OverLimit", 403), CallEffect::OverLimit);
        assert_eq!(effect_of("ServiceUnavailable", 503), CallEffect::Unknown);
        assert_eq!(effect_of("InternalError", 500), CallEffect::Unknown);
        assert_eq!(effect_of("", 502), CallEffect::Unknown);
    }
}
