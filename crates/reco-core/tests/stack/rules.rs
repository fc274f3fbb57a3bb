//! Sizing rules for a deployed pipeline.
//!
//! A pipeline can lose messages without a bug in any of its parts: through a visibility timeout
//! that is too short, a DLQ that expires messages before the operator wakes up, or a batch whose
//! good half is thrown away. Each rule here is data (id, reason, source) with a pure check over
//! plain values, so that it applies to a template before the deployment and to a live stack
//! afterwards.

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

/// Returns all rules in report order: along the path of a message.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [queues::RULES, mapping::RULES, capacity::RULES, alarms::RULES].into_iter().flatten()
}

/// A rule that a stack breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: &'static str,
    /// Short title of the rule.
    pub title: &'static str,
    pub severity: Severity,
    /// Actual value.
    pub is: String,
    /// Expected value.
    pub should: String,
    /// Consequence of breaking the rule.
    pub reason: &'static str,
    pub source: Source,
}

/// Result of every rule. Each rule's id is in exactly one of the three lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Rules that the stack breaks.
    pub findings: Vec<Finding>,
    /// Ids of rules that it keeps.
    pub kept: Vec<&'static str>,
    /// Ids of rules that could not be checked because a value is unknown. They do not count as
    /// kept: a missing permission must not pass as a clean bill.
    pub not_judged: Vec<&'static str>,
}

/// Checks a stack against every rule.
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
