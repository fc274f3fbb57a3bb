//! Sandboxed evaluation of jq expressions.
//!
//! Messages are untrusted bytes, and an expression may be pasted from anywhere: together they can
//! overflow a stack, exhaust memory or run forever, and none of this can be caught inside a
//! process. So expressions run in a child process of the same binary, with limits on stack, memory
//! and CPU time and without the environment. If a message makes the child end, that message gets an
//! error and the next one a new child.

mod client;
mod end;
mod limits;
mod program;
mod wire;
mod worker;

pub use client::{Child, Evaluator};
pub use program::check as check_program;
pub use wire::JqResponse;
pub use worker::{MODE, serve};

/// Returns whether a text is strict JSON and not nested too deeply for a recursive parser.
#[must_use]
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}
