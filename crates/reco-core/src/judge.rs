//! Judging one entry: filter, then fit to the table. What the Lambda writes, what a backfill writes
//! and what `classify` predicts all come from here.

use crate::Recommendation;
use crate::facts::FactSet;
use crate::filter::{DropCounts, SkipReason};
use crate::filter::{Filtered, filter};
use crate::item::{ItemError, PlannedItem, Schema};
use crate::policy::Policy;

/// Verdict on one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is to be written.
    Write(PlannedItem),
    /// The filter leaves nothing to write: success, counted.
    Skip(SkipReason),
    /// The table cannot hold it: a fault of the data.
    Reject(ItemError),
}

/// One entry, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Verdict on it.
    pub verdict: Verdict,
    /// Articles dropped on the way, by reason.
    pub dropped: DropCounts,
}

/// Filters an entry and fits what is left to the table. A user whose item this table can never hold
/// is a fault of the data, whatever the facts know.
#[must_use]
pub fn judge(
    recommendation: Recommendation,
    facts: &FactSet,
    policy: &Policy,
    schema: &Schema,
) -> Judged {
    if let Err(error) = schema.check_user(&recommendation.user) {
        return Judged { verdict: Verdict::Reject(error), dropped: DropCounts::default() };
    }
    let Filtered { verdict, dropped } = filter(recommendation, facts, policy);
    let verdict = match verdict.map(|kept| schema.plan(kept)) {
        Ok(Ok(item)) => Verdict::Write(item),
        Ok(Err(error)) => Verdict::Reject(error),
        Err(reason) => Verdict::Skip(reason),
    };
    Judged { verdict, dropped }
}
