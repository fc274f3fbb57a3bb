//! Journals on disk: where they are, who writes them, who may run on a DLQ, and how an interrupted
//! run is finished.

mod history;
mod home;
mod imports;
mod lock;
mod resume;
mod store;
mod writer;

pub use history::{RedriveHistory, Redriven, Sign, Unfinished};
pub use home::{Home, make_private};
pub use imports::{EXPORT, Ledger, MessageState, Origin, RESTORE};
pub use lock::Lock;
pub use resume::{Finished, Resumed, Resumer};
pub use store::{Stored, each_kept, find, load, stored};
pub use writer::{Journal, lines, now_ms};
