//! Definition of a rule.

use serde::Serialize;

use super::Stack;

/// Severity of a broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Works, but costs throughput, money or the operator's sight.
    Warning,
    /// Messages are lost or done over, nothing is processed, or AWS refuses the value.
    Error,
}

impl Severity {
    /// The severity in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Title of the page.
    pub title: &'static str,
    /// Its address.
    pub url: &'static str,
}

/// A rule as data, and how to judge by it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Rule {
    /// Stable name, for reports and for switching off.
    pub id: &'static str,
    /// The rule in a few words.
    pub title: &'static str,
    /// Severity of breaking it.
    pub severity: Severity,
    /// Consequence of breaking the rule.
    pub reason: &'static str,
    /// Source of the rule.
    pub source: Source,
    #[serde(skip)]
    pub(super) check: fn(&Stack) -> Judged,
}

/// `None` when a value that the rule needs is not known.
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

/// The end of most checks: kept, or what is and what should be.
pub(super) fn judged(
    kept: bool,
    is: impl FnOnce() -> String,
    should: impl FnOnce() -> String,
) -> Judged {
    Some(if kept { Ok(()) } else { Err(Breach { is: is(), should: should() }) })
}
