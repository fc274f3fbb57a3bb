//! Journals on disk: where they are, who writes them, who may run on a DLQ, and how a run that was
//! cut off is brought to its end.

pub mod chronicle;
mod home;
mod imports;
mod lock;
mod recall;
mod resume;

mod store;
mod writer;

pub use home::{Home, make_private};
pub use imports::{IMPORTED, Known, Ledger};
pub use lock::Lock;
pub use recall::{Recall, Redriven, Sign};
pub use resume::{Fate, Finished, Resumer};
pub use store::{Stored, each_kept, find, load, stored};
pub use writer::{Journal, now_ms};
