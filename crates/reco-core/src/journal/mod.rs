//! Redrive journal: the planned sends, their results, and the work left to do.
//!
//! A journal is a JSON lines file of [`Record`]s that starts with a [`Header`]. The full content of
//! a message is recorded before its send ([`Intent`]), the response after it ([`Ack`] or
//! [`Unacknowledged`]), and [`Deleted`] after the delete. Intents must be flushed before the send and
//! acknowledgements before the delete. Wherever a run is interrupted, [`Replay`] then tells which
//! messages are safe to delete, and [`Restore`] returns every message. The outcomes of the messages
//! may follow the end of the run ([`Became`], [`Outcomes`]).
//!
//! Records of one message appear in the order in which they were written; those of concurrent
//! batches may interleave. Only the last line may be truncated.

mod digest;
mod reader;
mod record;
mod replay;
mod restore;
mod seen;
mod standing;

pub use digest::Digest;
pub use reader::{JournalError, Tail, Torn};
pub use record::{
    Ack, Again, Became, Deleted, End, Header, Intent, Outcomes, Record, Unacknowledged, VERSION,
};
pub use replay::{
    Anomaly, JournalState, Replay, Resume, SentCopy, UncertainMessage, is_remembered,
};
pub use restore::{KeptMessage, Restore};
pub(crate) use seen::key;
pub use seen::{SentMessages, Sighting};
pub use standing::{Counts, Standing};
