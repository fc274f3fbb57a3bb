//! Core logic shared by the Lambda and recoctl.
//!
//! Everything here is pure: no AWS, no async runtime, no clock, no environment, no printing. The
//! verdicts of `classify`, the writes of a backfill and those of the Lambda agree because all three
//! call [`decode`], [`filter`] and [`item`].

pub mod batch;
pub mod budget;
pub mod calls;
pub mod cause;
pub mod classify;
pub mod clip;
pub mod compose;
pub mod concurrency;
pub mod decode;
pub mod export;
pub mod facts;
pub mod filter;
pub mod human;
pub mod item;
pub mod journal;
pub mod judge;
pub mod message;
pub mod message_outcome;
pub mod outcome;
pub mod policy;
pub mod progress;
pub mod queue_lock;
pub mod record;
pub mod rehearsal;
pub mod room;
pub mod run_by;
pub mod salvage;
pub mod seen;
pub mod settle;
pub mod shapes;
pub mod shard;
pub mod standing;
pub mod supersede;
pub mod time;
pub mod toml_fault;
pub mod words;

pub use record::{Id, IdMap, IdSet, Recommendation};
pub use time::Time;

/// Returns bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
