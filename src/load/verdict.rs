//! Verdict on a load run: the stage of the pipeline that saturates first, and recommended changes.
//! Pure: numbers in, a verdict out.

use serde::Serialize;

use super::numbers::{LoadMeasures, LoadParameters, float};
use reco_core::human::{amount, count, form};

/// Share of the write capacity from which on a throttled table counts as exhausted.
const FULL: f64 = 0.85;
/// Busy share from which on the function's slots count as never free.
const BUSY: f64 = 0.8;
/// Share of an invocation from which on one part of it counts as the bottleneck.
const MOST: f64 = 0.5;
/// Consecutive invocations that processing may lag behind the end of sending.
const ROUNDS: f64 = 2.5;
/// Seconds until an idle slot picks up the last message, at its next poll of the queue.
const PICKED_UP: f64 = 1.0;
/// Share of the requested rate below which the producer counts as held up.
const HELD_UP: f64 = 0.9;

/// Stage of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaturatedStage {
    /// No stage: everything kept up.
    None,
    /// Queue: sending, or handing messages to the function.
    Queue,
    /// Slots of the function.
    Function,
    /// Facts database.
    Database,
    /// Writes to the table.
    Table,
}

/// Verdict on the numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadVerdict {
    /// Stage that saturates first.
    pub stage: SaturatedStage,
    /// Lists processed per second of the run.
    pub users_per_s: f64,
    /// Reason for naming that stage.
    pub why: String,
    /// Recommended changes, most useful first.
    pub change: Vec<String>,
    /// Caveat about the numbers.
    pub caveat: Option<String>,
}

/// Judges a run.
#[must_use]
pub fn verdict(parameters: &LoadParameters, measured: &LoadMeasures) -> LoadVerdict {
    let run = JudgedRun { asked: parameters, got: measured };
    let (stage, why, change) = run.judge();
    let users_per_s = run.throughput();
    LoadVerdict { stage, users_per_s, why, change, caveat: run.caveat(stage) }
}

struct JudgedRun<'a> {
    asked: &'a LoadParameters,
    got: &'a LoadMeasures,
}

type LoadJudgement = (SaturatedStage, String, Vec<String>);

impl JudgedRun<'_> {
    fn judge(&self) -> LoadJudgement {
        let got = self.got;
        if got.invocations == 0 || got.elapsed_s <= 0.0 {
            let why = "no batch was processed, so nothing could be measured".to_owned();
            return (SaturatedStage::None, why, vec!["run longer with --for".to_owned()]);
        }
        if got.throttled > 0 && self.capacity_used().is_some_and(|used| used >= FULL) {
            return self.table_is_full();
        }
        if !self.waited() {
            return self.kept_up();
        }
        if got.slots_busy < BUSY {
            return self.slots_are_idle();
        }
        match (got.facts_ms / got.duration_ms, got.write_ms / got.duration_ms) {
            (facts, _) if facts >= MOST => self.facts_are_slow(),
            (_, write) if write >= MOST && got.throttled > 0 => self.table_is_full(),
            (_, write) if write >= MOST => self.writes_are_slow(),
            _ => self.slots_are_full(),
        }
    }

    /// Returns the lists processed per second.
    fn throughput(&self) -> f64 {
        if self.got.elapsed_s <= 0.0 { 0.0 } else { self.done() / self.got.elapsed_s }
    }

    fn done(&self) -> f64 {
        float(self.got.written + self.got.skipped)
    }

    /// Returns the share of the write capacity that was consumed; `None` without a limit.
    fn capacity_used(&self) -> Option<f64> {
        let limit = self.asked.wcu?;
        Some(self.got.wcu / self.got.elapsed_s / limit)
    }

    /// Returns whether there was a backlog: as many messages waiting as the function's slots take
    /// at once, or processing that went on well after sending or was not finished at the end.
    fn waited(&self) -> bool {
        let busy = self.got.slots_busy >= BUSY;
        let picked_up = if busy { 0.0 } else { PICKED_UP };
        let long = ROUNDS * self.got.duration_ms / 1e3 + picked_up;
        // Without a rate, everything waits from the start.
        let more = self.got.left > 0 || self.asked.rate.is_none();
        self.many_waited() || self.after() > long || (more && busy)
    }

    /// Returns whether as many messages waited as the function's slots take at once.
    fn many_waited(&self) -> bool {
        self.got.backlog_max >= self.asked.concurrency * self.asked.batch_size
    }

    /// Returns how long processing went on after sending, in seconds.
    fn after(&self) -> f64 {
        self.got.elapsed_s - self.got.sending_s
    }

    /// Returns the lists per second that one slot processes while busy.
    fn per_slot(&self) -> f64 {
        let slot_seconds = self.got.elapsed_s * self.got.slots_busy * float(self.asked.concurrency);
        if slot_seconds <= 0.0 { 0.0 } else { self.done() / slot_seconds }
    }

    /// Returns the WCU that a list costs.
    fn wcu_each(&self) -> f64 {
        if self.got.written == 0 { 1.0 } else { self.got.wcu / float(self.got.written) }
    }

    fn table_is_full(&self) -> LoadJudgement {
        let limit = self.asked.wcu.unwrap_or_default();
        let why = format!(
            "the table consumed {} WCU/s, {} of its {}, and throttled {} writes",
            whole(self.got.wcu / self.got.elapsed_s),
            percent(self.capacity_used().unwrap_or_default()),
            whole(limit),
            count(self.got.throttled)
        );
        let enough = match self.asked.rate {
            Some(rate) => format!(
                "for {} users per second at {:.1} WCU per list, --wcu {}",
                whole(rate),
                self.wcu_each(),
                whole((rate * self.wcu_each()).ceil())
            ),
            None => format!(
                "more WCU; at {} the {} users take {}",
                whole(limit),
                count(self.asked.users),
                seconds(float(self.asked.users) * self.wcu_each() / limit)
            ),
        };
        let mut change = vec![enough];
        if self.asked.concurrency > 2 {
            change.push(format!(
                "a lower --concurrency than {}: more is not faster, it only waits inside the function",
                self.asked.concurrency
            ));
        }
        if self.got.returned > 0 || self.got.errors > 0 {
            change.push(format!(
                "{} came back and {} failed: a longer --timeout or a smaller --batch-size leaves time to retry",
                amount(self.got.returned, "message"),
                amount(self.got.errors, "invocation")
            ));
        }
        (SaturatedStage::Table, why, change)
    }

    fn kept_up(&self) -> LoadJudgement {
        let sending = if self.got.sending_s > 0.0 { self.got.sending_s } else { 1.0 };
        let sent = float(self.got.sent) / sending;
        if let Some(rate) = self.asked.rate.filter(|rate| sent < HELD_UP * rate) {
            let why = format!(
                "only {} of {} users per second were sent, and the function kept up",
                whole(sent),
                whole(rate)
            );
            return (
                SaturatedStage::Queue,
                why,
                vec!["a lower --rate, or more users per message".to_owned()],
            );
        }
        let mut why = format!(
            "the pipeline kept up with {} users per second; at most {} waited, and the function's concurrency was {} used",
            whole(sent),
            amount(self.got.backlog_max, "message"),
            percent(self.got.slots_busy)
        );
        if self.got.throttled > 0 {
            why.push_str(&format!(
                "; {} {} throttled in bursts and written later",
                amount(self.got.throttled, "write"),
                form(self.got.throttled, "was", "were")
            ));
        }
        (SaturatedStage::None, why, vec!["a higher --rate, to find the limit".to_owned()])
    }

    fn slots_are_idle(&self) -> LoadJudgement {
        let what = if self.many_waited() {
            format!("up to {} waited", amount(self.got.backlog_max, "message"))
        } else {
            format!("processing continued for {:.1} s after the last was sent", self.after())
        };
        let why = format!(
            "{what} although the function's concurrency was only {} used: messages do not reach the function fast enough",
            percent(self.got.slots_busy)
        );
        let change = vec![
            format!(
                "a larger --batch-size than {}, or more users per message",
                self.asked.batch_size
            ),
            "a shorter window".to_owned(),
        ];
        (SaturatedStage::Queue, why, change)
    }

    fn facts_are_slow(&self) -> LoadJudgement {
        let why = format!(
            "the function's concurrency was fully used, and an invocation spent {} of its {} ms waiting for facts",
            percent(self.got.facts_ms / self.got.duration_ms),
            whole(self.got.duration_ms)
        );
        let change = vec![
            "the indexes and statements of the facts database: recoctl facts check".to_owned(),
            "fewer users per batch (--batch-size), if lookup time grows faster than the batch"
                .to_owned(),
            "not --concurrency: more invocations would query the same database".to_owned(),
        ];
        (SaturatedStage::Database, why, change)
    }

    fn writes_are_slow(&self) -> LoadJudgement {
        let why = format!(
            "the function's concurrency was fully used, and an invocation spent {} of its {} ms writing, although the table had capacity left",
            percent(self.got.write_ms / self.got.duration_ms),
            whole(self.got.duration_ms)
        );
        (SaturatedStage::Table, why, vec![self.more_slots()])
    }

    fn slots_are_full(&self) -> LoadJudgement {
        let why = format!(
            "{} concurrent invocations were busy {} of the time, {} ms each, and up to {} waited",
            amount(self.asked.concurrency, "invocation"),
            percent(self.got.slots_busy),
            whole(self.got.duration_ms),
            amount(self.got.backlog_max, "message")
        );
        (SaturatedStage::Function, why, vec![self.more_slots()])
    }

    /// Returns the recommended number of slots.
    fn more_slots(&self) -> String {
        let each = self.per_slot();
        let useful = |wanted: f64| (wanted / each).ceil().max(1.0);
        match (self.asked.rate, self.asked.wcu) {
            (Some(rate), _) if each > 0.0 => format!(
                "--concurrency {}: one invocation processes {} users per second, {} arrive",
                whole(useful(rate)),
                whole(each),
                whole(rate)
            ),
            (None, Some(wcu)) if each > 0.0 => format!(
                "a higher --concurrency than {}: with {}, the table's {} WCU would be exhausted",
                self.asked.concurrency,
                whole(useful(wcu / self.wcu_each())),
                whole(wcu)
            ),
            _ => format!("a higher --concurrency than {}", self.asked.concurrency),
        }
    }

    /// Returns a caveat: here function, database and table share the machine's processors; on AWS
    /// they do not.
    fn caveat(&self, stage: SaturatedStage) -> Option<String> {
        let busy = self.got.machine_busy?;
        if busy < FULL || (stage == SaturatedStage::Table && self.capacity_used() >= Some(FULL)) {
            return None;
        }
        Some(format!(
            "this machine's {} CPUs were {} busy running function, database and table together: in AWS each has its own, and the bottleneck may be elsewhere",
            self.asked.processors,
            percent(busy)
        ))
    }
}

fn whole(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative")]
    count(value.round().max(0.0) as u64)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn seconds(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a run's seconds are far below 2^63")]
    reco_core::human::duration(seconds.round() as i64)
}

#[cfg(test)]
mod tests;
