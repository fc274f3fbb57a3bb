//! Definition of a rule.

use super::Stack;

/// Severity of a broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Works, but costs throughput, money or visibility.
    Warning,
    /// Messages are lost or repeated, nothing is processed, or AWS rejects the value.
    Error,
}

/// AWS documentation behind a rule.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Title of the page.
    pub title: &'static str,
    /// URL of the page.
    pub url: &'static str,
}

/// A rule as data, with its check.
#[derive(Debug)]
pub struct Rule {
    /// Stable id, for reports.
    pub id: &'static str,
    /// Short title of the rule.
    pub title: &'static str,
    /// Severity of breaking it.
    pub severity: Severity,
    /// Consequence of breaking the rule.
    pub reason: &'static str,
    pub source: Source,
    pub(super) check: fn(&Stack) -> Judged,
}

/// Result of a check; `None` if a value that the rule needs is unknown.
pub(super) type Judged = Option<Result<(), Breach>>;

/// Violation of a rule by a stack.
#[derive(Debug)]
pub(super) struct Breach {
    pub is: String,
    pub should: String,
}

/// Returns the result of a check: kept, or a breach with actual and expected value.
pub(super) fn judged(
    kept: bool,
    is: impl FnOnce() -> String,
    should: impl FnOnce() -> String,
) -> Judged {
    Some(if kept { Ok(()) } else { Err(Breach { is: is(), should: should() }) })
}
