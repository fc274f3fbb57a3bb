//! The journal of a redrive: what was about to happen, what happened, and what is left to do.
//!
//! A journal is a file of JSON lines, one [`Record`] each, that begins with a [`Header`]. Before a
//! message is sent its whole content goes in ([`Intent`]), after the send what was answered
//! ([`Ack`], [`Refused`], [`Uncertain`]), after the delete [`Deleted`]. Whoever writes it flushes
//! intents before the send and acknowledgements before the delete; then, wherever a run is cut off,
//! [`Replay`] knows which messages are safe to delete, and [`Restore`] has every one of them.
//!
//! The header is first, records of one message stand in the order in which they were written, and
//! only the last line may be torn. Batches under way at once write in any order.

mod digest;
mod reader;
mod record;
mod replay;
mod restore;
mod seen;
mod standing;

pub use digest::Digest;
pub use reader::{JournalError, Tail, Torn};
pub use record::{Ack, Again, Deleted, End, Header, Intent, Record, Refused, Uncertain, VERSION};
pub use replay::{Acked, Anomaly, Doubt, Replay, Resume, State, is_remembered};
pub use restore::{Kept, Restore};
pub use seen::{Seen, Sighting};
pub use standing::{Counts, Standing};
