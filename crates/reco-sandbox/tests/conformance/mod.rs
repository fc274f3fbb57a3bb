//! Conformance: the same checks against the sandbox and against a server written by others.

pub mod kit;
mod own;
pub mod server;
pub mod sqs;
