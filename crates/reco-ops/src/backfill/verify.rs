//! Verification: does the table hold, for each user, the last list of the input?
//!
//! One pass over the input compares every list with the table as it comes. If the table does not
//! hold a list, its user becomes a suspect; a later list of the user that the table does hold
//! clears the user. At the end of the input the suspects are the users whose *last* list is not in
//! the table, and only they needed memory. If there are too many, the pass continues with the half
//! that has the lower hashes, and the others are verified in a further pass.

mod pass;
mod report;
pub(super) mod sample;
mod suspects;

use reco_core::human::amount;
use std::hash::RandomState;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

use reco_store::reader::Reader;
use tokio_util::sync::CancellationToken;

use self::pass::Pass;
pub use self::report::{Counted, Unread, Verification, Wrong};
use self::suspects::Share;
use super::RunProgress;
use super::former::ChosenEntries;
use super::prepare::Preparer;
use crate::error::{Error, Kind, Result};
use crate::files::input::{self, Source};

/// Maximum suspects in memory.
pub const MAX_SUSPECTS: usize = 50_000;

/// Differences after which no further pass is worth its reads, since the table is clearly wrong.
const ENOUGH: u64 = 10_000;

/// Maximum sample size; the hashes of the sample are kept in memory.
const MAX_SAMPLE: u64 = 1_000_000;

/// Scope of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Random sample of this many users.
    Sample(u64),
    /// All users.
    All,
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "all" => Ok(Scope::All),
            Ok(users @ 1..=MAX_SAMPLE) => Ok(Scope::Sample(users)),
            _ => Err(format!("{text:?} is neither a number of users up to {MAX_SAMPLE} nor `all`")),
        }
    }
}

/// Verification that is ready to run.
pub struct Verify {
    /// Names of the inputs.
    pub files: Vec<PathBuf>,
    /// Preparer that filters lines.
    pub preparer: Arc<Preparer>,
    /// Reader of the table.
    pub reader: Reader,
    /// True if a user's newest list counts instead of the last; of equally new lists, the first.
    pub newest: bool,
    /// Users to verify.
    pub scope: Scope,
    /// Entry that counts of each user with several; `None` if the last one does.
    pub chosen: Option<Arc<ChosenEntries>>,
    /// Maximum calls in flight.
    pub concurrency: usize,
    /// Maximum users in memory, see [`MAX_SUSPECTS`].
    pub max_suspects: usize,
    /// Cancelled to end the verification early.
    pub cancel: CancellationToken,
}

/// Opens the inputs to read them once more.
///
/// # Errors
/// Fails if one is missing or cannot be read more than once.
pub async fn readable_again(files: &[PathBuf]) -> Result<Vec<Source>> {
    if files.iter().any(|name| input::is_stdin(name)) {
        return Err(cannot_read_again("-"));
    }
    let sources = input::check(files).await?;
    match sources.iter().find(|source| source.path().is_none()) {
        Some(pipe) => Err(cannot_read_again(&pipe.name)),
        None => Ok(sources),
    }
}

fn cannot_read_again(name: &str) -> Error {
    let name = if name == "-" { "stdin" } else { name };
    Error::new(Kind::Usage, format!("cannot verify input from {name}"))
        .hint("verification reads the input twice: save it to a file first")
}

impl Verify {
    /// Runs the verification. `progress` receives how far each pass is.
    ///
    /// # Errors
    /// Fails if an input cannot be read again, or on a bug in recoctl; everything else is in the
    /// report.
    pub async fn run(self, progress: &dyn Fn(RunProgress)) -> Result<Verification> {
        let begun = Instant::now();
        let hasher = Arc::new(RandomState::new());
        let mut report = Verification::new(self.scope);
        let mut share = Share::ALL;
        if let Scope::Sample(users) = self.scope {
            let sources = readable_again(&self.files).await?;
            let drawing =
                sample::draw(sources, users, Arc::clone(&hasher), (&self.preparer, &self.cancel));
            let sample = drawing.await?;
            report.users = Some(sample.users);
            share.last = sample.last;
        }
        let end = share.last;
        while !self.cancel.is_cancelled() {
            let sources = readable_again(&self.files).await?;
            let pass = Pass::new(&self, Arc::clone(&hasher), share, report);
            let covered;
            (report, covered) = pass.run(sources, progress).await?;
            if report.stopped.is_some() || covered.last >= end {
                break;
            }
            if report.differing >= ENOUGH {
                report.stopped =
                    Some(format!("{} already differ", amount(report.differing, "user")));
                break;
            }
            share = Share { first: covered.last + 1, last: end };
        }
        report.interrupted = self.cancel.is_cancelled();
        report.duration_s = begun.elapsed().as_secs_f64();
        report.differences.sort_by(|a, b| (&a.at, a.entry).cmp(&(&b.at, b.entry)));
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        assert_eq!("all".parse(), Ok(Scope::All));
        assert_eq!("17".parse(), Ok(Scope::Sample(17)));
        for text in ["0", "-1", "ALL", "1000001", "in.jsonl"] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
    }
}
