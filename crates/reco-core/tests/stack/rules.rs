//! Sizing rules for a deployed pipeline.
//!
//! A pipeline can lose messages without a bug in any of its parts: through a visibility timeout
//! that is too short, a DLQ that expires messages before the operator wakes up, or a batch whose
//! good half is thrown away. Each rule here is data (id, reason, source) with a pure check over
//! plain values.

mod alarms;
mod capacity;
mod mapping;
mod queues;
mod rule;
mod values;

pub use capacity::NEW_ON_DEMAND_TABLE_WCU;
pub use rule::{Rule, Severity};
pub use values::{
    Alarm, Function, Mapping, Queue, QueueKind, RedriveAllow, Stack, Table, Watched, Workload,
};

use rule::Breach;

/// Returns all rules in report order: along the path of a message.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [queues::RULES, mapping::RULES, capacity::RULES, alarms::RULES].into_iter().flatten()
}

/// A rule that a stack breaks.
#[derive(Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    /// Actual value.
    pub is: String,
    /// Expected value.
    pub should: String,
}

/// Result of every rule. Each rule is in exactly one of the three lists.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Rules that the stack breaks.
    pub findings: Vec<Finding>,
    /// Ids of rules that it keeps.
    pub kept: Vec<&'static str>,
    /// Ids of rules that could not be checked because a value is unknown. They do not count as
    /// kept.
    pub not_judged: Vec<&'static str>,
}

/// Checks a stack against every rule.
pub fn check(stack: &Stack) -> Verdict {
    let mut verdict = Verdict::default();
    for rule in rules() {
        match (rule.check)(stack) {
            None => verdict.not_judged.push(rule.id),
            Some(Ok(())) => verdict.kept.push(rule.id),
            Some(Err(Breach { is, should })) => {
                verdict.findings.push(Finding { rule, is, should });
            }
        }
    }
    verdict
}
