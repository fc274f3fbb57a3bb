//! jq expressions, evaluated where they can do no harm.
//!
//! Messages are untrusted bytes, and an expression may be pasted from anywhere: between them they
//! can overflow a stack, fill the memory or run for ever, and none of these can be caught inside a
//! process. So expressions run in a child process of this same binary, with limits on its stack,
//! memory and CPU time and without the environment. When one message ends the child, that message
//! has an error and the next one a new child.

mod client;
mod end;
mod limits;
mod program;
mod wire;
mod worker;

pub use client::{Child, Evaluator};
pub use program::check as check_program;
pub use wire::Answer;
pub use worker::{MODE, serve};

/// Whether a text is strict JSON that is not nested deeper than a recursive parser can bear.
#[must_use]
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}
