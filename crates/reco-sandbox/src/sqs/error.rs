//! Errors of SQS, in one table from kind to wire format.

use hyper::StatusCode;

/// An error as SQS reports it: a kind that determines code and status, and a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", kind.code())]
pub struct SqsError {
    /// Kind of error.
    pub kind: ErrorKind,
    /// Description of the error with the offending value.
    pub message: String,
}

impl SqsError {
    /// Returns an error of `kind` explained by `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new(
            ErrorKind::MissingParameter,
            format!("the request must contain the parameter {parameter}"),
        )
    }

    pub(crate) fn invalid(parameter: &str, value: impl std::fmt::Display, reason: &str) -> Self {
        Self::new(
            ErrorKind::InvalidParameterValue,
            format!("value {value} for parameter {parameter} is invalid; reason: {reason}"),
        )
    }

    pub(crate) fn no_queue(name: &str) -> Self {
        Self::new(
            ErrorKind::QueueDoesNotExist,
            format!("the specified queue does not exist: {name}"),
        )
    }
}

/// Every error this server can return.
///
/// Source of names and codes: the SQS service model and the API reference's error lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the documented error of the same name")]
pub enum ErrorKind {
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    InternalFailure,
    InvalidAddress,
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidBatchEntryId,
    InvalidMessageContents,
    InvalidParameterValue,
    MessageNotInflight,
    MissingParameter,
    OverLimit,
    PurgeQueueInProgress,
    QueueDeletedRecently,
    QueueDoesNotExist,
    QueueNameExists,
    ReceiptHandleIsInvalid,
    RequestThrottled,
    ResourceNotFound,
    Serialization,
    ServiceUnavailable,
    TooManyEntriesInBatchRequest,
    UnknownOperation,
    UnsupportedOperation,
}

impl ErrorKind {
    /// Returns the shape name and the query-protocol code.
    ///
    /// The awsJson body carries the shape name. The header `x-amzn-query-error` carries the code,
    /// for SDKs that once spoke the query protocol.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::BatchEntryIdsNotDistinct => {
                ("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct")
            }
            Self::BatchRequestTooLong => {
                ("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong")
            }
            Self::EmptyBatchRequest => {
                ("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest")
            }
            Self::InternalFailure => ("InternalFailure", "InternalFailure"),
            Self::InvalidAddress => ("InvalidAddress", "InvalidAddress"),
            Self::InvalidAttributeName => ("InvalidAttributeName", "InvalidAttributeName"),
            Self::InvalidAttributeValue => ("InvalidAttributeValue", "InvalidAttributeValue"),
            Self::InvalidBatchEntryId => {
                ("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId")
            }
            Self::InvalidMessageContents => ("InvalidMessageContents", "InvalidMessageContents"),
            Self::InvalidParameterValue => {
                ("InvalidParameterValueException", "InvalidParameterValue")
            }
            Self::MessageNotInflight => {
                ("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight")
            }
            Self::MissingParameter => ("MissingRequiredParameterException", "MissingParameter"),
            Self::OverLimit => ("OverLimit", "OverLimit"),
            Self::PurgeQueueInProgress => {
                ("PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress")
            }
            Self::QueueDeletedRecently => {
                ("QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently")
            }
            Self::QueueDoesNotExist => {
                ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")
            }
            Self::QueueNameExists => ("QueueNameExists", "QueueAlreadyExists"),
            Self::ReceiptHandleIsInvalid => ("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
            Self::RequestThrottled => ("RequestThrottled", "RequestThrottled"),
            Self::ResourceNotFound => ("ResourceNotFoundException", "ResourceNotFoundException"),
            Self::Serialization => ("SerializationException", "MalformedInput"),
            Self::ServiceUnavailable => ("ServiceUnavailable", "ServiceUnavailable"),
            Self::TooManyEntriesInBatchRequest => (
                "TooManyEntriesInBatchRequest",
                "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            ),
            Self::UnknownOperation => ("UnknownOperationException", "InvalidAction"),
            Self::UnsupportedOperation => {
                ("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation")
            }
        }
    }

    /// Returns the code of the query protocol, which SDKs show and per-entry failures carry.
    pub const fn code(self) -> &'static str {
        self.names().1
    }

    /// Returns the `__type` of an awsJson error body.
    pub(crate) fn json_type(self) -> String {
        format!("com.amazonaws.sqs#{}", self.names().0)
    }

    /// Returns the HTTP status: awsJson answers every error of the caller with 400.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InternalFailure => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Returns whether the caller is at fault (`SenderFault`).
    pub fn is_sender_fault(self) -> bool {
        self.status() == StatusCode::BAD_REQUEST
    }
}
