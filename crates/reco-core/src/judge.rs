//! Judges one entry: filters it, then fits it to the table. The writes of the Lambda, the writes of
//! a backfill and the predictions of `classify` all come from here.

use crate::Recommendation;
use crate::facts::FactSet;
use crate::filter::{DropCounts, SkipReason};
use crate::filter::{Filtered, filter};
use crate::item::{ItemError, PlannedItem, Schema};
use crate::policy::Policy;

/// Verdict on one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// An item to write.
    Write(PlannedItem),
    /// The filter leaves nothing to write: counted, and a success.
    Skip(SkipReason),
    /// The table cannot hold it: bad data.
    Reject(ItemError),
}

/// Result of judging one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Verdict on the entry.
    pub verdict: Verdict,
    /// Articles dropped by the filter, by reason.
    pub dropped: DropCounts,
}

/// Filters an entry and fits the rest to the table. A user id that the table's key cannot hold is
/// bad data, whatever the facts say.
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
