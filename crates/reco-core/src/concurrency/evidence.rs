//! Time that a run waited, by cause.

use std::time::Duration;

use serde::Serialize;

/// Share of a machine's processors from which it counts as busy.
const BUSY: f64 = 0.85;

/// Limit of the speed of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeedLimit {
    /// The table throttled writes.
    Table,
    /// The write budget that was requested was used up.
    Budget,
    /// Calls took their time, and no more of them were worth it or allowed.
    Network,
    /// The processors of this machine.
    Machine,
    /// The lookup of facts.
    Facts,
    /// Reading or decompressing the input.
    Input,
}

/// Batches that waited for more than the tenth part of their time were limited by what they waited for.
const WAITED: u32 = 10;

/// Times measured during a run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// Time in which all slots were in use.
    pub full: Duration,
    /// Time in which fewer were in use because nothing else was ready to be written.
    pub starved: Duration,
    /// Time that batches waited for the budget, summed over them.
    pub paced: Duration,
    /// Delays of retries, summed over batches.
    pub backoff: Duration,
    /// Time of calls, summed over batches.
    pub calling: Duration,
    /// Time that chunks waited for facts, summed over them.
    pub facts: Duration,
    /// Time to decode and filter chunks, facts included, summed over them.
    pub preparing: Duration,
    /// Share of this machine's processors in use, 0 to 1; `None` if unknown.
    pub busy: Option<f64>,
    /// True if a budget was requested.
    pub budgeted: bool,
}

impl Evidence {
    /// Returns what the run waited for most; `None` if it did nothing.
    #[must_use]
    pub fn limit(&self) -> Option<SpeedLimit> {
        if (self.full + self.starved).is_zero() {
            return None;
        }
        let busy = self.busy.is_some_and(|busy| busy >= BUSY);
        // With a budget, slots may be idle because few larger batches wait for it.
        let waited = self.paced + self.backoff;
        // Where calls wait for their turn, shorter ones would only wait longer.
        if waited * WAITED > waited + self.calling
            && (self.full >= self.starved || self.budgeted || self.backoff > self.paced)
        {
            return Some(match self.budgeted && self.paced >= self.backoff {
                true => SpeedLimit::Budget,
                false => SpeedLimit::Table,
            });
        }
        if self.full >= self.starved {
            return Some(if busy { SpeedLimit::Machine } else { SpeedLimit::Network });
        }
        if self.facts * 2 >= self.preparing && !self.facts.is_zero() {
            return Some(SpeedLimit::Facts);
        }
        // The preparation is as wide as the machine: if it is mostly idle, it waits for lines.
        Some(match self.busy {
            Some(_) if !busy && self.preparing < self.starved => SpeedLimit::Input,
            _ => SpeedLimit::Machine,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A run of 100 seconds with 10 slots, all in use.
    fn full() -> Evidence {
        Evidence {
            full: s(95),
            starved: s(5),
            calling: s(900),
            preparing: s(20),
            busy: Some(0.2),
            ..Evidence::default()
        }
    }

    /// A run of 100 seconds in which mostly nothing was ready.
    fn starved() -> Evidence {
        Evidence { full: s(5), starved: s(95), calling: s(100), preparing: s(190), ..full() }
    }

    #[test]
    fn full_slots_are_the_network_or_a_busy_machine() {
        assert_eq!(full().limit(), Some(SpeedLimit::Network));
        assert_eq!(Evidence { busy: None, ..full() }.limit(), Some(SpeedLimit::Network));
        assert_eq!(Evidence { busy: Some(0.95), ..full() }.limit(), Some(SpeedLimit::Machine));
    }

    #[test]
    fn waiting_for_a_budget_is_the_budget_if_there_is_one_and_else_the_table() {
        let paced = Evidence { paced: s(800), calling: s(100), ..full() };
        assert_eq!(Evidence { budgeted: true, ..paced }.limit(), Some(SpeedLimit::Budget));
        assert_eq!(paced.limit(), Some(SpeedLimit::Table));
        let hardly = Evidence { paced: s(90), budgeted: true, ..full() };
        assert_eq!(hardly.limit(), Some(SpeedLimit::Network));
        let partly = Evidence { paced: s(200), budgeted: true, ..full() };
        assert_eq!(partly.limit(), Some(SpeedLimit::Budget));
        let backoff = Evidence { backoff: s(900), budgeted: true, ..paced };
        assert_eq!(backoff.limit(), Some(SpeedLimit::Table));
    }

    #[test]
    fn empty_slots_are_facts_this_machine_or_the_input() {
        let facts = Evidence { facts: s(150), busy: Some(1.0), ..starved() };
        assert_eq!(facts.limit(), Some(SpeedLimit::Facts));
        assert_eq!(Evidence { busy: Some(1.0), ..starved() }.limit(), Some(SpeedLimit::Machine));
        assert_eq!(Evidence { busy: None, ..starved() }.limit(), Some(SpeedLimit::Machine));
        let idle = Evidence { preparing: s(2), busy: Some(0.1), ..starved() };
        assert_eq!(idle.limit(), Some(SpeedLimit::Input));
    }

    #[test]
    fn a_run_without_any_time_has_no_limit() {
        assert_eq!(Evidence::default().limit(), None);
    }
}
