//! The redrive: send each message to its source queue, and delete from the DLQ only what the send
//! acknowledged.
//!
//! A crash between the two leaves a message in both queues, never in neither: at most the batches
//! in flight, and the journal knows which.

mod batch;
mod bounce;
mod brake;
mod courier;
mod guard;
mod lanes;
mod pace;
mod plan;
mod rejects;
mod sweep;

use std::sync::Arc;

use reco_core::batch::Limits;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use bounce::{Bounced, Bounces, Limit, Watcher, watch};
pub use brake::{Brake, Guard, Pauses};
pub use courier::{Courier, Fate, Parcel};
pub use guard::{Backlog, Guards, Throttles, Watched};
pub use pace::{Pace, Rate};
pub use plan::{Decision, decide};
pub use rejects::Rejects;
pub use sweep::{Sweeper, Swept};

use crate::error::{Error, Kind, Result};
use crate::flow::redrive::batch::{Delivered, Trouble};
use crate::flow::redrive::lanes::Lanes;
use crate::ui::Progress;

/// Batches in flight at once.
const IN_FLIGHT: usize = 16;

/// Calls that fail as a whole, one after the other, after which the rest is left alone: something
/// is down, and going on would only make more messages uncertain.
const FAILURES: u32 = 3;

/// Why a move ended before everything was sent.
const STOPPED: &str = "stopped by a signal before it was sent";

/// Moves parcels, and answers with the fate of each, by index.
///
/// FIFO: a group's messages go one after the other; after one that is not moved, the later ones of
/// its group are left, since sending them would change the order.
///
/// # Errors
/// Only when recoctl itself fails; what fails in SQS is a fate.
pub async fn deliver(
    courier: Arc<Courier>,
    parcels: Vec<Parcel>,
    pace: Pace,
    cancel: &CancellationToken,
    progress: &Progress,
) -> Result<Vec<Fate>> {
    let Limits { entries, bytes } = Limits::SEND_MESSAGE_BATCH;
    let limits = Limits {
        entries: pace.batch().min(entries),
        // A queue whose limit was never raised is of the time when 256 KiB was a batch's limit,
        // too; servers of that time refuse the whole batch.
        bytes: courier.to_limit.clamp(256 * 1024, bytes),
    };
    let mut run = Run {
        fates: parcels.iter().map(|_| None).collect(),
        lanes: Lanes::new(&parcels, limits),
        parcels,
        tasks: JoinSet::new(),
        failures: 0,
        halted: None,
    };
    pace.begin();
    loop {
        run.start(&courier, &pace, cancel).await;
        let Some(delivered) = run.tasks.join_next().await else { break };
        let delivered = delivered.map_err(|error| {
            Error::new(Kind::Internal, "a batch ended abnormally").because(&error)
        })?;
        progress.advance(delivered.fates.len() as u64);
        run.note(delivered);
    }
    let halted = run.halted.take();
    let reason = |blocked: bool| match (&halted, blocked) {
        (_, true) => "an earlier message of its group was not moved".to_owned(),
        (Some(reason), false) => format!("not tried: {reason}"),
        (None, false) => STOPPED.to_owned(),
    };
    let lanes = &run.lanes;
    let fates = run.fates.into_iter().enumerate().map(|(at, fate)| {
        fate.unwrap_or_else(|| Fate::Left { reason: reason(lanes.is_blocked(at)) })
    });
    Ok(fates.collect())
}

struct Run {
    parcels: Vec<Parcel>,
    lanes: Lanes,
    fates: Vec<Option<Fate>>,
    tasks: JoinSet<Delivered>,
    failures: u32,
    halted: Option<String>,
}

impl Run {
    /// Sends batches off until enough are in flight or none may go.
    async fn start(&mut self, courier: &Arc<Courier>, pace: &Pace, cancel: &CancellationToken) {
        while self.tasks.len() < IN_FLIGHT && self.halted.is_none() && !cancel.is_cancelled() {
            let batch = self.lanes.next_batch();
            if batch.is_empty() {
                return;
            }
            let go = tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                go = pace.wait(batch.len()) => go,
            };
            // What does not go stays without a fate, and so is reported as left.
            if let Err(reason) = go {
                self.halted = Some(reason);
                return;
            }
            let parcels = batch.iter().map(|at| (*at, self.parcels[*at].clone())).collect();
            let (courier, pace, cancel) = (Arc::clone(courier), pace.clone(), cancel.clone());
            self.tasks.spawn(async move { courier.deliver(parcels, &pace, &cancel).await });
        }
    }

    fn note(&mut self, delivered: Delivered) {
        for (at, fate) in delivered.fates {
            self.lanes.done(at, matches!(fate, Fate::Moved { .. }));
            self.fates[at] = Some(fate);
        }
        match delivered.trouble {
            None => self.failures = 0,
            Some(Trouble::Refused(reason)) => self.halted = Some(reason),
            Some(Trouble::Failed(reason)) => {
                self.failures += 1;
                if self.failures >= FAILURES {
                    self.halted = Some(reason);
                }
            }
        }
    }
}
