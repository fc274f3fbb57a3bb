//! Journals on disk: their location, their writer, and the lock on a DLQ.

mod home;
mod lock;
mod store;
mod writer;

pub use home::{Home, HomeOptions, Passing, make_private};
pub use lock::{Holder, Lock};
pub use store::{Stored, each_kept, find, load, of_queue, run_ids, stored};
pub use writer::{Journal, lines, now_ms};
