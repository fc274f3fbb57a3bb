//! Checkpoints: the progress of a backfill, so that it can continue after a crash.
//!
//! A checkpoint covers the lines before one place, all of which are done: written and acknowledged,
//! skipped, or in the rejects file. Later lines may be in the table already. A resumed run reads
//! them again, in input order, and so ends with the same table: a user's last list in the input is
//! always among the last writes.

mod file;
mod identity;
mod saver;

use std::collections::BTreeMap;
use std::path::PathBuf;

use reco_core::run_by::RunBy;
use serde::{Deserialize, Serialize};

pub use self::file::{CheckpointLock, default_path, load, parse};
pub use self::identity::{Identity, InputIdentity};
pub use self::saver::Saver;
use super::inputs::InputFailure;
use super::lines::LineStart;
use super::run_counts::RunCounts;
use super::writes::Writes;

/// Format version that is read and written.
pub const VERSION: u32 = 1;

/// Checkpoint of a backfill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Format version, see [`VERSION`].
    pub version: u32,
    /// recoctl version that wrote it.
    pub recoctl: String,
    /// Identity that must be unchanged for a resume.
    pub identity: Identity,
    /// Start of the first run, RFC 3339.
    pub started_at: String,
    /// Time of the save, RFC 3339.
    pub saved_at: String,
    /// Number of runs so far.
    pub runs: u32,
    /// Progress of the runs.
    pub state: CheckpointState,
    /// Rejects file, if the run has one.
    pub rejects: Option<RejectsFile>,
    /// Who ran the last run, and why; unknown in checkpoints of earlier versions.
    #[serde(default, skip_serializing_if = "RunBy::is_unknown")]
    pub by: RunBy,
}

/// Progress of a run, with the counts up to that place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckpointState {
    /// True if the whole input is processed.
    pub finished: bool,
    /// Place up to which every line is processed.
    pub at: LineStart,
    /// Counts of these lines and their entries.
    #[serde(rename = "books")]
    pub run_counts: RunCounts,
    /// Cost of the writes, including those beyond `at`.
    pub writes: Writes,
    /// Total duration of the runs, in seconds.
    pub duration_s: f64,
    /// Inputs before `at` that broke off, by index.
    pub failures: BTreeMap<usize, InputFailure>,
}

/// Rejects file as of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectsFile {
    /// Absolute path.
    #[serde(with = "crate::files::input::as_text")]
    pub path: PathBuf,
    /// Length in bytes; later content belongs to lines that are read again.
    pub bytes: u64,
}
