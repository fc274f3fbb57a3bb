//! Checkpoints: how far a backfill is, so that it can go on after a crash.
//!
//! A checkpoint speaks of the lines before one place, all of which are dealt with: written and
//! acknowledged, skipped, or in the rejects file. Lines after it may be in the table already. A
//! resumed run reads them again, in the input's order, and so ends with the same table: the last
//! list of a user in the input is always among what is written last.

mod file;
mod identity;
mod saver;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::file::{Lock, default_path, load, parse};
pub use self::identity::{Identity, InputIdentity};
pub use self::saver::Saver;
use super::inputs::InputFailure;
use super::lines::Place;
use super::run_counts::RunCounts;
use super::writes::Writes;

/// The version of the format that is written and read.
pub const VERSION: u32 = 1;

/// Checkpoint of a backfill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// [`VERSION`].
    pub version: u32,
    /// The version of recoctl that wrote it.
    pub recoctl: String,
    /// Identity that must be unchanged for a resume.
    pub identity: Identity,
    /// When the first run began, RFC 3339.
    pub started_at: String,
    /// When it was saved, RFC 3339.
    pub saved_at: String,
    /// Number of runs so far.
    pub runs: u32,
    /// Progress of the runs.
    pub state: State,
    /// The rejects file.
    pub rejects: Option<RejectsFile>,
}

/// Progress of a run and its counts up to there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// True if the input is dealt with to its end.
    pub finished: bool,
    /// Every line before this one is dealt with.
    pub at: Place,
    /// Fates of these lines.
    #[serde(rename = "books")]
    pub run_counts: RunCounts,
    /// Cost of the writes, including those beyond `at`.
    pub writes: Writes,
    /// Seconds that the runs took.
    pub duration_s: f64,
    /// Inputs before `at` that broke off, by their number.
    pub failures: BTreeMap<usize, InputFailure>,
}

impl Default for State {
    fn default() -> Self {
        State {
            finished: false,
            at: Place::start(0),
            run_counts: RunCounts::default(),
            writes: Writes::default(),
            duration_s: 0.0,
            failures: BTreeMap::new(),
        }
    }
}

/// A rejects file up to the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectsFile {
    /// The file.
    #[serde(with = "crate::files::input::as_text")]
    pub path: PathBuf,
    /// Its length; what follows is of lines that are read again.
    pub bytes: u64,
}
