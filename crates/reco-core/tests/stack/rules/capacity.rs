//! Rules on the table: the function's write rate against the table's capacity.

use super::rule::{Judged, Rule, Severity, Source, judged};
use super::values::Stack;

/// AWS: initial capacity of a new on-demand table, in write units per second.
pub const NEW_ON_DEMAND_TABLE_WCU: u64 = 4_000;

const ON_DEMAND: Source = Source {
    title: "DynamoDB on-demand capacity mode",
    url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html",
};

const RECOVERY: Source = Source {
    title: "Point-in-time backups for DynamoDB",
    url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html",
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "write-capacity",
        title: "MaximumConcurrency x WCU per batch / batch duration <= table's write capacity",
        severity: Severity::Warning,
        reason: "a backlog is processed at full concurrency: writes beyond the table's capacity are throttled, retried, and finally redelivered until the messages land in the DLQ",
        source: ON_DEMAND,
        check: write_capacity,
    },
    Rule {
        id: "point-in-time-recovery",
        title: "point-in-time recovery is on",
        severity: Severity::Warning,
        reason: "a bad backfill overwrites every list; without it there is no way to restore the table",
        source: RECOVERY,
        check: point_in_time_recovery,
    },
];

/// Returns the WCU per second when `MaximumConcurrency` invocations work on full batches. Also
/// `None` if the concurrency is not set, which is a separate finding.
fn full_speed_wcu(stack: &Stack) -> Option<u64> {
    let workers = stack.mapping.maximum_concurrency?;
    let workload = &stack.workload;
    let wcu =
        [workers, stack.mapping.batch_size?, workload.users_per_message?, workload.wcu_per_item?]
            .into_iter()
            .fold(1, u64::saturating_mul);
    Some(wcu.saturating_mul(1000).div_ceil(workload.batch_ms?.max(1)))
}

fn write_capacity(stack: &Stack) -> Judged {
    let capacity = stack.table.write_capacity;
    let wcu = full_speed_wcu(stack)?;
    judged(
        wcu <= capacity,
        || format!("up to {wcu} WCU/s at full concurrency"),
        || format!("at most {capacity} WCU/s"),
    )
}

fn point_in_time_recovery(stack: &Stack) -> Judged {
    judged(stack.table.point_in_time_recovery, || "off".to_owned(), || "on".to_owned())
}
