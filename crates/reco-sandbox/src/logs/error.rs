//! Errors of CloudWatch Logs, as awsJson 1.1 encodes them.

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogsError {
    kind: &'static str,
    message: String,
}

impl LogsError {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// A parameter that breaks a rule of the API.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    /// A token that no earlier answer gave.
    pub fn invalid_token() -> Self {
        Self::invalid("The specified nextToken is invalid.")
    }

    /// A group that does not exist.
    pub fn no_group() -> Self {
        Self::new("ResourceNotFoundException", "The specified log group does not exist.")
    }

    /// A call that the caller's policies do not allow.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new("AccessDeniedException", message)
    }

    /// A body that violates the protocol.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    /// An operation that the sandbox lacks.
    pub fn unknown_operation(name: &str) -> Self {
        let message = format!("the sandbox's CloudWatch Logs has no operation {name}");
        Self::new("UnknownOperationException", message)
    }

    /// Returns the body of the answer.
    pub fn body(&self) -> String {
        // AWS spells the member of a denial with a capital letter.
        let member = if self.kind == "AccessDeniedException" { "Message" } else { "message" };
        serde_json::json!({ "__type": self.kind, member: self.message }).to_string()
    }
}
