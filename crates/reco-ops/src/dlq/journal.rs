//! Journals of earlier runs: their history, and how an interrupted run is resumed or restored.

mod history;
mod imports;
mod restore;
mod resume;

pub use history::{FormerId, RedriveHistory, Redriven, Sign, Unfinished};
pub use imports::{EXPORT, ImportOrigin, Ledger, MessageState, RESTORE};
pub use restore::{RestoreOptions, RestoreReport, restore};
pub(super) use resume::check_is_redrive;
pub use resume::{ResumeOptions, ResumeReport, Resumed, ResumedRow, resume};

pub use crate::journal::{
    Holder, Home, HomeOptions, Journal, Lock, Passing, Stored, each_kept, find, lines, load,
    make_private, now_ms, run_ids, stored,
};
