//! Budget of the writer: each call is paid for in advance and settled by the capacity that DynamoDB
//! reports.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reco_core::budget::{Budgets, Paid, Spent, Throttle};
use reco_core::item::{Action, PlannedItem};
use tokio::time::Instant;

use super::Writer;
use super::attempt::Attempt;
use super::report::WriteReport;
use crate::retry::{Halt, Stop};
use crate::service::ErrorKind;

/// Longest wait before checking again: a growing rate shortens waits.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Budget shared by all batches of a run.
#[derive(Debug)]
pub struct WritePace {
    begun: Instant,
    throttle: Mutex<Throttle>,
}

impl WritePace {
    /// Begins now.
    #[must_use]
    pub fn new(budgets: Budgets) -> Self {
        let throttle = Mutex::new(Throttle::new(budgets, Duration::ZERO));
        WritePace { begun: Instant::now(), throttle }
    }

    /// Returns the maximum cost of a batch in computed WCU; `None` for no limit.
    #[must_use]
    pub fn batch(&self) -> Option<f64> {
        self.lock().batch()
    }

    /// Returns the spending of the budget so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        self.lock().spent()
    }

    fn lock(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is paid for, and the state of the report before it.
pub(super) struct PaidCall {
    paid: Paid,
    computed: f64,
    wcu: f64,
    stale_wcu: u64,
    trouble: u64,
}

impl Writer {
    /// Waits until the budget has enough for `items`.
    ///
    /// # Errors
    /// [`Halt`] if the call would be too late or the caller cancelled; then nothing is paid.
    pub(super) async fn pay(
        &self,
        items: &[PlannedItem],
        stop: &Stop,
        report: &mut WriteReport,
    ) -> Result<Option<PaidCall>, Halt> {
        let Some(pace) = &self.pace else { return Ok(None) };
        let computed = computed(items);
        let paid = {
            let (mut throttle, now) = (pace.lock(), pace.begun.elapsed());
            let puts = || items.iter().filter(|item| item.action == Action::Put);
            let is_dated = |item: &&PlannedItem| item.recommendation.generated_at.is_some();
            throttle.note(total(puts().filter(is_dated)), total(puts()), now);
            throttle.pay(computed, now)
        };
        let asked = Instant::now();
        loop {
            let wait = pace.lock().wait(&paid, pace.begun.elapsed());
            if wait.is_zero() {
                break;
            }
            let waited = stop.pause(wait.min(LOOK_AGAIN)).await;
            if let Err(halt) = waited {
                report.paced += asked.elapsed();
                pace.lock().settle(paid, 0.0, 0.0, false, pace.begun.elapsed());
                return Err(halt);
            }
        }
        report.paced += asked.elapsed();
        let (wcu, stale_wcu, trouble) = (report.wcu, report.stale_wcu, trouble(report));
        Ok(Some(PaidCall { paid, computed, wcu, stale_wcu, trouble }))
    }

    /// Settles a payment by [`Writer::pay`].
    pub(super) fn settle(&self, call: Option<PaidCall>, attempt: &Attempt, report: &WriteReport) {
        let (Some(pace), Some(call)) = (&self.pace, call) else { return };
        let (left, unknown) = match attempt {
            Attempt::Answered { left } | Attempt::Failed { left, .. } => (left, false),
            // A call without a response may have written.
            Attempt::Passing { left, error } => (left, error.kind != ErrorKind::Throttled),
        };
        let written = call.computed - computed(left);
        #[expect(clippy::cast_precision_loss, reason = "a batch is far below 2^52 WCU")]
        let stale = (report.stale_wcu - call.stale_wcu) as f64;
        let spent = if unknown { call.computed } else { report.wcu - call.wcu + stale };
        let throttled = trouble(report) > call.trouble;
        let now = pace.begun.elapsed();
        pace.lock().settle(call.paid, written, spent, throttled, now);
    }
}

fn trouble(report: &WriteReport) -> u64 {
    report.returned + report.throttled_calls
}

fn computed(items: &[PlannedItem]) -> f64 {
    total(items.iter())
}

#[expect(clippy::cast_precision_loss, reason = "a batch is far below 2^52 WCU")]
fn total<'a>(items: impl Iterator<Item = &'a PlannedItem>) -> f64 {
    items.map(PlannedItem::wcu).sum::<u64>() as f64
}
