//! Definition of a rule.

use serde::Serialize;

use super::Stack;

/// Severity of a broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Works, but costs throughput, money or visibility.
    Warning,
    /// Messages are lost or repeated, nothing is processed, or AWS rejects the value.
    Error,
}

impl Severity {
    /// Returns the severity in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// AWS documentation behind a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Title of the page.
    pub title: &'static str,
    /// URL of the page.
    pub url: &'static str,
}

/// A rule as data, with its check.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Rule {
    /// Stable id, for reports and for disabling the rule.
    pub id: &'static str,
    /// Short title of the rule.
    pub title: &'static str,
    /// Severity of breaking it.
    pub severity: Severity,
    /// Consequence of breaking the rule.
    pub reason: &'static str,
    pub source: Source,
    #[serde(skip)]
    pub(super) check: fn(&Stack) -> Judged,
}

/// Result of a check; `None` if a value that the rule needs is unknown.
pub(super) type Judged = Option<Result<(), Breach>>;

/// Violation of a rule by a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Breach {
    pub is: String,
    pub should: String,
}

impl Rule {
    pub(super) fn judge(&self, stack: &Stack) -> Judged {
        (self.check)(stack)
    }
}

/// Returns the result of a check: kept, or a breach with actual and expected value.
pub(super) fn judged(
    kept: bool,
    is: impl FnOnce() -> String,
    should: impl FnOnce() -> String,
) -> Judged {
    Some(if kept { Ok(()) } else { Err(Breach { is: is(), should: should() }) })
}
