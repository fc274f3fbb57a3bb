//! Scan after scan, where one cannot hold everything.

use super::Redrive;
use crate::commands::dlq::session::warn_unreleased;
use crate::error::Result;
use crate::flow::scan::{Goal, Scan};
use crate::ui::count;

/// Scans of a standard queue, one after the other, that bring nothing new although the queue has
/// more: then the rest cannot be reached.
const IN_VAIN: u32 = 3;

impl Redrive<'_> {
    /// Scans and moves. A scan sees what may be held at once, so it is repeated: on a FIFO queue,
    /// of which it sees the front of each group, while something moves; on a standard queue until
    /// the queue is empty. What is not moved is held until then, so that it is received once.
    ///
    /// # Errors
    /// When a scan or its judgement fails.
    pub async fn run(&mut self) -> Result<()> {
        let mut in_vain = 0;
        loop {
            let scan = self.session.scan(self.context, Goal::All).await?;
            let new = (scan.found.len() + scan.damaged.len()) as u64;
            self.note(&scan, new);
            in_vain = if new == 0 { in_vain + 1 } else { 0 };
            let moved = self.wave(scan).await?;
            let enough = self.args.max.is_some_and(|max| self.ending.moving >= u64::from(max));
            let stopped = self.pace.brake().stopped().is_some();
            if enough || stopped || self.context.cancel.is_cancelled() {
                break;
            }
            if self.fifo() {
                if moved == 0 || self.args.dry_run {
                    break;
                }
                continue;
            }
            if self.ending.exhausted || in_vain >= IN_VAIN {
                break;
            }
            self.make_room().await;
        }
        self.say_what_is_beyond(in_vain >= IN_VAIN).await
    }

    fn note(&mut self, scan: &Scan, new: u64) {
        self.ending.waves += u64::from(new > 0);
        self.ending.seen += new;
        self.ending.exhausted = scan.exhausted;
        self.ending.repeated += scan.repeated;
        self.ending.again += scan.again;
    }

    /// Lets go of all that is held, when it leaves little room for the next scan. It is known when
    /// it comes again.
    async fn make_room(&mut self) {
        let (hold, scanner) = (&self.session.hold, &self.session.scanner);
        if hold.len() < scanner.limit - scanner.limit / 10 {
            return;
        }
        let ids = hold.ids();
        scanner.known.add(ids.iter().map(String::as_str));
        let released = hold.release(ids).await;
        warn_unreleased(self.context, &released);
        self.released.unreleased.extend(released.unreleased);
    }

    async fn say_what_is_beyond(&mut self, in_vain: bool) -> Result<()> {
        if self.fifo() {
            let state = self.session.sqs.state(&self.session.pair.dlq.queue).await?;
            self.ending.unreached = state.visible;
        } else if in_vain {
            let limit = count(self.session.scanner.limit as u64);
            self.context.ui.warn(format!(
                "the DLQ has more messages, but it gives out the same {limit} ever again, and no \
                 more may be held at once; move or remove some of them, and run again for the rest"
            ));
        }
        Ok(())
    }
}
