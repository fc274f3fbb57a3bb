//! Slots for batches in flight: how many there are, and what the run waits for.

use std::time::{Duration, Instant};

use reco_core::concurrency::{
    Bounds, Concurrency, Controller, Evidence, FinishedCall, MOST, SpeedLimit,
};
use reco_store::writer::WriteReport;
use serde::Serialize;

use crate::processors::Processors;

/// Batches in flight at first, and where nothing tells how many are worth it.
pub(super) const FIRST: usize = 16;

/// Batches in flight at least, whatever happens.
const LEAST: usize = 4;

/// Maximum with `--if-newer`, where a batch has eight calls in flight.
const MOST_GUARDED: usize = 64;

/// Maximum bytes of calls in flight, from the initial number of batches on. A call is held as its
/// items and as its body.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Batches in flight during a run, and what limited its speed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConcurrencyReport {
    /// As requested: `auto` or a number.
    pub asked: Concurrency,
    /// Batches that may be in flight at the end.
    pub last: usize,
    /// Most batches that were in flight at once.
    pub highest: usize,
    /// Usual duration of a call in milliseconds; `None` if there were too few.
    pub call_ms: Option<f64>,
    /// Share of the time in which all slots were in use, 0 to 1.
    pub full: f64,
    /// Limit of the speed; `None` if nothing was done, or if it was the queue.
    pub limit: Option<SpeedLimit>,
}

/// Which slots a run has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Writes to the table; `guarded` if each item is a call.
    Table { guarded: bool },
    /// Anything else: nothing tells how many are worth it.
    Other,
}

/// Slots of a run.
#[derive(Debug)]
pub(super) struct Slots {
    asked: Concurrency,
    kind: Kind,
    fixed: usize,
    controller: Option<Controller>,
    begun: Instant,
    in_flight: usize,
    bytes: usize,
    highest: usize,
    /// Calls and their total duration.
    calls: (u32, Duration),
    evidence: Evidence,
    looked: Instant,
    processors: Processors,
}

/// A batch in flight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    begun: Instant,
    bytes: usize,
}

impl Slots {
    /// Creates the slots; none is in use.
    pub(super) fn new(asked: Concurrency, kind: Kind) -> Self {
        let most = match kind {
            Kind::Table { guarded: true } => MOST_GUARDED,
            _ => usize::from(MOST),
        };
        let bounds = Bounds { least: LEAST, first: FIRST, most };
        let is_auto = asked == Concurrency::Auto && matches!(kind, Kind::Table { .. });
        let now = Instant::now();
        Slots {
            asked,
            kind,
            fixed: if let Concurrency::Fixed(number) = asked { number.into() } else { FIRST },
            controller: is_auto.then(|| Controller::new(bounds)),
            begun: now,
            in_flight: 0,
            bytes: 0,
            highest: 0,
            calls: (0, Duration::ZERO),
            evidence: Evidence::default(),
            looked: now,
            processors: Processors::now(),
        }
    }

    /// Returns whether another batch may be in flight.
    pub(super) fn has_room(&self) -> bool {
        // A pinned number is the operator's, whatever its batches hold.
        let fits = self.controller.is_none() || self.in_flight < FIRST || self.bytes < MOST_BYTES;
        self.in_flight < self.limit() && fits
    }

    fn limit(&self) -> usize {
        self.controller.as_ref().map_or(self.fixed, Controller::limit)
    }

    /// Takes a slot for a batch of so many bytes on the wire.
    pub(super) fn begin(&mut self, bytes: usize) -> Ticket {
        self.in_flight += 1;
        self.bytes += bytes;
        self.highest = self.highest.max(self.in_flight);
        Ticket { begun: Instant::now(), bytes }
    }

    /// Returns a slot; `report` if the batch went to the table.
    pub(super) fn finish(&mut self, ticket: Ticket, report: Option<&WriteReport>) {
        let full = !self.has_room();
        self.in_flight = self.in_flight.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(ticket.bytes);
        let took = ticket.begun.elapsed();
        let Some(report) = report else {
            self.evidence.calling += took;
            return;
        };
        let calling = took.saturating_sub(report.paced + report.backoff);
        self.evidence.paced += report.paced;
        self.evidence.backoff += report.backoff;
        self.evidence.calling += calling;
        let attempts = u32::try_from(report.retries).unwrap_or(u32::MAX).saturating_add(1);
        self.calls = (self.calls.0.saturating_add(attempts), self.calls.1 + calling);
        if let Some(controller) = &mut self.controller {
            let call = FinishedCall {
                begun: ticket.begun.saturating_duration_since(self.begun),
                took: calling / attempts,
                paced: report.paced,
                full,
                trouble: report.retries > 0 || report.throttled_calls > 0 || report.returned > 0,
            };
            controller.finished(call, self.begun.elapsed());
        }
    }

    /// Counts the time since the last look by whether all slots are in use.
    pub(super) fn look(&mut self, waits_for_a_slot: bool) {
        let now = Instant::now();
        let since = now.saturating_duration_since(self.looked);
        self.looked = now;
        match waits_for_a_slot {
            true => self.evidence.full += since,
            false => self.evidence.starved += since,
        }
    }

    /// Counts the time that a chunk took to decode and filter, and how much of it were facts.
    pub(super) fn prepared(&mut self, preparing: Duration, facts: Duration) {
        self.evidence.preparing += preparing;
        self.evidence.facts += facts;
    }

    /// Returns whether it is known that this was the limit: a call to the queue may have waited for
    /// its `--rate`.
    fn can_tell(&self, limit: SpeedLimit) -> bool {
        matches!(self.kind, Kind::Table { .. }) || limit != SpeedLimit::Network
    }

    /// Returns the report; `budgeted` if a write budget was requested.
    pub(super) fn report(&self, budgeted: bool) -> ConcurrencyReport {
        let evidence = Evidence { busy: self.processors.busy_since(), budgeted, ..self.evidence };
        let all = (evidence.full + evidence.starved).as_secs_f64();
        let (calls, calling) = self.calls;
        let mean = (calls > 0).then(|| calling / calls);
        let took = self.controller.as_ref().and_then(Controller::took).or(mean);
        let share = if all > 0.0 { evidence.full.as_secs_f64() / all } else { 0.0 };
        ConcurrencyReport {
            asked: self.asked,
            last: self.limit(),
            highest: self.highest,
            call_ms: took.map(|took| thousandths(took.as_secs_f64() * 1e3)),
            full: thousandths(share),
            limit: evidence.limit().filter(|limit| self.can_tell(*limit)),
        }
    }
}

fn thousandths(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Kind = Kind::Table { guarded: false };

    fn fill(slots: &mut Slots, bytes: usize) -> usize {
        (0..).take_while(|_| slots.has_room().then(|| slots.begin(bytes)).is_some()).count()
    }

    #[test]
    fn a_number_pins_it_whatever_the_batches_hold() {
        for kind in [TABLE, Kind::Other] {
            let mut slots = Slots::new(Concurrency::Fixed(64), kind);
            assert_eq!(fill(&mut slots, 16 << 20), 64);
        }
    }

    #[test]
    fn large_batches_in_flight_are_bounded_by_their_bytes() {
        let mut slots = Slots::new(Concurrency::Auto, TABLE);
        slots.controller = Some(Controller::new(Bounds { least: 4, first: 512, most: 512 }));
        assert_eq!(fill(&mut slots, 10 << 20), FIRST);
        let mut slots = Slots { in_flight: 0, bytes: 0, ..slots };
        assert_eq!(fill(&mut slots, 1 << 20), 32);
        let mut slots = Slots { in_flight: 0, bytes: 0, ..slots };
        assert_eq!(fill(&mut slots, 50 << 10), 512);
    }

    #[test]
    fn a_slot_is_free_again_after_its_batch() {
        let mut slots = Slots::new(Concurrency::Fixed(1), TABLE);
        let ticket = slots.begin(100);
        assert!(!slots.has_room());
        slots.finish(ticket, Some(&WriteReport::default()));
        assert!(slots.has_room());
        assert_eq!((slots.bytes, slots.highest, slots.calls.0), (0, 1, 1));
    }

    #[test]
    fn throttled_and_returned_items_shrink_it() {
        for report in [
            WriteReport { throttled_calls: 1, ..WriteReport::default() },
            WriteReport { returned: 1, ..WriteReport::default() },
            WriteReport { retries: 1, ..WriteReport::default() },
        ] {
            let mut slots = Slots::new(Concurrency::Auto, TABLE);
            let ticket = slots.begin(100);
            slots.finish(ticket, Some(&report));
            assert_eq!(slots.report(false).last, 11);
        }
        let mut queue = Slots::new(Concurrency::Auto, Kind::Other);
        let ticket = queue.begin(100);
        queue.finish(ticket, None);
        assert_eq!((queue.report(false).last, queue.report(false).call_ms), (16, None));
    }
}
