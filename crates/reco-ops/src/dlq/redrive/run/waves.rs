//! Repeated scans, for queues with more messages than can be held at once.

use std::collections::HashSet;

use super::Redrive;
use crate::dlq::scan::{Found, Goal, Scan};
use crate::error::{Error, Result};
use crate::sqs::DrainEnd;
use reco_core::human::count;

/// Consecutive scans of a standard queue without new messages after which the rest counts as
/// unreachable.
const IN_VAIN: u32 = 3;

impl Redrive<'_> {
    /// Scans and moves the messages that were there when the run began. A scan is limited to what
    /// can be held at once, so it is repeated: on a FIFO queue, where it sees the front of each
    /// group, while messages move; on a standard queue until as many were received as there were.
    /// Messages that are not moved stay held until then, so that they are received only once.
    ///
    /// # Errors
    /// When scanning or classifying fails.
    pub async fn run(&mut self) -> Result<()> {
        let mut in_vain = 0;
        let full = loop {
            let goal = if self.fifo() { Goal::Front } else { Goal::All };
            self.all_came = self.waves.saw_all(self.session);
            let mut scan = self.waves.scan(self.session, goal).await?;
            let (new, end) = (scan.new_messages(), scan.end);
            in_vain = if new == 0 { in_vain + 1 } else { 0 };
            self.set_named_apart(&mut scan);
            let moved = self.wave(scan).await?;
            let enough = self.options.max.is_some_and(|max| self.moving >= u64::from(max));
            if enough {
                self.waves.reach.unreached = 0;
            }
            let stopped = self.pace.gate().stopped().is_some();
            if enough || stopped || self.session.is_cancelled() {
                break false;
            }
            let full = end == DrainEnd::Enough;
            if self.fifo() {
                // If the local clock is ahead of SQS's, new arrivals look as if they had been there
                // all along.
                let most = self.session.depth().saturating_mul(2).saturating_add(100);
                let endless = self.waves.seen > most;
                if moved == 0 || endless || self.options.dry_run {
                    break full;
                }
                continue;
            }
            // As many as there were came, though the last scan was filled by known ones.
            let all_came = new == 0 && self.waves.saw_all(self.session);
            if !full || in_vain >= IN_VAIN || all_came {
                break full && !all_came;
            }
            if self.waiting.len() >= self.session.scanner.limit {
                return Err(Error::refused(
                    "refusing to move messages by prefixes of ids before all of the DLQ was seen",
                )
                .cause("the ids name more messages than can be held until then")
                .hint(
                    "give whole ids instead of prefixes, or a larger --hold; nothing was moved",
                ));
            }
            self.make_room().await;
        };
        self.waves.reach.arrived += self.arrived;
        self.move_named().await?;
        self.end_last_stage().await?;
        if full {
            self.say_what_is_beyond();
        }
        self.end_earlier().await
    }

    /// On a standard queue, keeps messages that match an id prefix of `--id` until all were seen: a
    /// later wave may bring another with the same prefix, and then none may be moved. The last scan
    /// gets them back, so that they are decided on together with its own messages.
    fn set_named_apart(&mut self, scan: &mut Scan) {
        if self.fifo() || !self.matcher.has_beginnings() {
            return;
        }
        if scan.end == DrainEnd::Enough {
            let named = |found: &mut Found| self.matcher.names(&found.row.message_id);
            self.waiting.extend(scan.found.extract_if(.., named));
        } else {
            let found = std::mem::take(&mut scan.found);
            scan.found = std::mem::take(&mut self.waiting);
            scan.found.extend(found);
        }
    }

    /// Leaves messages that arrived at a FIFO queue since the run began, once as many were received
    /// as there were at the start: a live queue would keep the run going. Held until the end,
    /// neither they nor the messages behind them are received again.
    pub(super) fn leave_arrivals(&mut self, found: &mut Vec<Found>) {
        if !self.all_came {
            return;
        }
        let arrived = found.extract_if(.., |found| self.session.is_late(found)).count() as u64;
        self.waves.seen -= arrived;
        self.arrived += arrived;
    }

    async fn move_named(&mut self) -> Result<()> {
        let found = std::mem::take(&mut self.waiting);
        if !found.is_empty() {
            self.wave(Scan::of(found)).await?;
        }
        Ok(())
    }

    /// Checks that each id prefix matches only one of all messages seen so far. On a FIFO queue,
    /// messages behind the front of a group are seen only once the front is gone; if messages have
    /// already moved, the run stops where it is and says why.
    ///
    /// # Errors
    /// Refused if no message has moved yet.
    pub(super) fn check_names(&mut self, found: &[Found]) -> Result<()> {
        match self.waves.check_names(&self.matcher, found) {
            Err(error) if !self.options.dry_run && self.moving > 0 => {
                self.session.warn(format!("stopping: {error}"));
                self.pace.gate().stop(error.to_string());
                Ok(())
            }
            checked => checked,
        }
    }

    /// Releases all held messages if they leave little room for the next scan. They are recognised
    /// when they are received again.
    async fn make_room(&mut self) {
        let (lease, scanner) = (&self.session.lease, &self.session.scanner);
        if lease.held() < scanner.limit - scanner.limit / 10 {
            return;
        }
        let mut ids = lease.ids();
        let kept: HashSet<&str> =
            self.waiting.iter().map(|found| found.row.message_id.as_str()).collect();
        ids.retain(|id| !kept.contains(id.as_str()));
        scanner.known.add(ids.iter().map(String::as_str));
        let released = self.session.release(&ids).await;
        self.released.merge_invisible(released);
    }

    /// Reports the messages that were never looked at, because as many as may be held at once stay.
    fn say_what_is_beyond(&mut self) {
        // Arrivals may have come in place of messages that were there.
        let waves = &mut self.waves;
        let fifo = self.session.pair.dlq.queue.fifo;
        let seen = if fifo { waves.early } else { waves.seen };
        if fifo && seen >= self.session.depth() {
            return;
        }
        waves.ran_out_of_room(self.session, seen);
        let limit = count(self.session.scanner.limit as u64);
        let why = match fifo {
            true => format!("{limit} of those that stay are held"),
            false => format!("SQS keeps returning the same {limit}"),
        };
        self.session.warn(format!(
            "the DLQ has more messages, but {why}, and no more can be in flight at once; move or delete some of them, then run again for the rest"
        ));
    }
}
