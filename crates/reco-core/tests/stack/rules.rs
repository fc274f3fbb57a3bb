//! The sizes of a deployed pipeline, and the rules that they must keep.
//!
//! A pipeline can lose messages without a bug in any of its parts: a visibility timeout that is too
//! short, a DLQ that forgets before the operator wakes up, a batch that throws away its good half.
//! Each rule here is data (id, reason, source) with a pure check over plain values, so that a
//! template can be judged before it is deployed and a live stack after.

mod alarms;
mod capacity;
mod mapping;
mod queues;
mod rule;
mod values;

use serde::Serialize;

pub use rule::{Rule, Severity, Source};
pub use values::{
    Alarm, Ceiling, Function, Mapping, MissingData, Queue, QueueKind, Redrive, RedriveAllow, Stack,
    Table, TableMode, Watched, Workload,
};

use rule::Breach;

/// Every rule, in the order in which a report shows them: along the way of a message.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [queues::RULES, mapping::RULES, capacity::RULES, alarms::RULES].into_iter().flatten()
}

/// A rule that a stack breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// The rule in a few words.
    pub title: &'static str,
    /// Severity.
    pub severity: Severity,
    /// Actual value.
    pub is: String,
    /// Expected value.
    pub should: String,
    /// Consequence of breaking the rule.
    pub reason: &'static str,
    /// Source of the rule.
    pub source: Source,
}

/// Result of every rule. Each rule's id is in exactly one of the three lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The rules that the stack breaks.
    pub findings: Vec<Finding>,
    /// The rules that it keeps.
    pub kept: Vec<&'static str>,
    /// The rules that could not be judged, because a value they need is not known. They are not
    /// kept: a missing permission must not read as a clean bill.
    pub not_judged: Vec<&'static str>,
}

/// Judges a stack by every rule.
#[must_use]
pub fn check(stack: &Stack) -> Verdict {
    let mut verdict = Verdict::default();
    for rule in rules() {
        match rule.judge(stack) {
            None => verdict.not_judged.push(rule.id),
            Some(Ok(())) => verdict.kept.push(rule.id),
            Some(Err(Breach { is, should })) => verdict.findings.push(Finding {
                rule: rule.id,
                title: rule.title,
                severity: rule.severity,
                is,
                should,
                reason: rule.reason,
                source: rule.source,
            }),
        }
    }
    verdict
}
