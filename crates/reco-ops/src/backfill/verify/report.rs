//! Result of a verification.

use std::collections::HashSet;

use reco_core::Id;
use reco_core::outcome::Outcome;
use reco_store::reader::{Compared, Difference};
use serde::Serialize;

use super::super::fault::Fault;
use super::super::inputs::At;
use super::super::lines::LineStart;
use super::Scope;

/// Maximum differences listed; the others are only counted.
const LISTED: usize = 10_000;

/// Maximum unreadable lines listed; the others are only counted.
const UNREAD_LISTED: usize = 1_000;

/// Maximum unreadable lines remembered so that further passes do not count them again.
const COUNTED_APART: usize = 100_000;

/// Result of a verification.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Verification {
    /// Number of users requested for the sample; `None` if all.
    pub sample: Option<u64>,
    /// Number of users in the sample, including those with nothing to write.
    pub users: Option<u64>,
    /// Lists of the input that were compared with the table; a user may have several.
    pub compared: u64,
    /// Lists of the input that the table holds.
    pub same: u64,
    /// Users whose last list differs from the table.
    pub differing: u64,
    /// Users for whom the table holds a newer list than the input; not counted as differing.
    pub newer: u64,
    /// Users for whom the table holds another list of the same time, where only older items were
    /// replaced; not counted as differing.
    pub as_new: u64,
    /// Lines and entries of the input that could not be read and so not verified.
    pub unread: u64,
    /// First 1,000 lines and entries that could not be read.
    pub unread_lines: Vec<Unread>,
    /// Lines and entries counted in earlier passes.
    #[serde(skip)]
    pub counted: Counted,
    /// First 10,000 differences, in input order.
    pub differences: Vec<Wrong>,
    /// Inputs that broke off; their readable part was verified.
    pub broken_inputs: Vec<String>,
    /// Number of passes over the input for comparison.
    pub passes: u32,
    /// Read capacity units consumed, as reported by DynamoDB.
    pub consumed_rcu: f64,
    /// `BatchGetItem` calls.
    pub calls: u64,
    /// Retried calls.
    pub retries: u64,
    /// Calls that DynamoDB throttled entirely.
    pub throttled_calls: u64,
    /// Duration in seconds.
    pub duration_s: f64,
    /// Reason why it ended before everything was verified, if so.
    pub stopped: Option<String>,
    /// True if a signal ended the verification.
    pub interrupted: bool,
}

/// List of the input that the table does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// Line that it comes from.
    #[serde(flatten)]
    pub at: At,
    /// Index of the entry in the line, from 0.
    pub entry: usize,
    /// User of the list.
    pub user: Id,
    /// Difference from the table.
    #[serde(serialize_with = "with_words")]
    pub difference: Difference,
}

/// Line or entry that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Place of the line.
    #[serde(flatten)]
    pub at: At,
    /// Index of the entry in the line, from 0; absent for the whole line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
    /// Kind of fault.
    pub reason: &'static str,
    /// Description of the fault with its position.
    pub detail: String,
}

/// Unreadable lines that were already counted.
#[derive(Debug, Clone, Default)]
pub struct Counted(HashSet<(LineStart, Option<usize>)>);

impl Counted {
    /// Records a line or entry; returns whether it is new.
    fn is_new(&mut self, at: LineStart, entry: Option<usize>, pass: u32) -> bool {
        if self.0.len() < COUNTED_APART { self.0.insert((at, entry)) } else { pass <= 1 }
    }
}

/// Serializes a difference as data and in words.
fn with_words<S: serde::Serializer>(of: &Difference, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct WithWords<'a> {
        #[serde(flatten)]
        data: &'a Difference,
        detail: String,
    }
    WithWords { data: of, detail: of.to_string() }.serialize(serializer)
}

impl Verification {
    pub(super) fn new(scope: Scope) -> Self {
        let sample = match scope {
            Scope::Sample(users) => Some(users),
            Scope::All => None,
        };
        Verification { sample, ..Verification::default() }
    }

    /// Adds the cost of comparing this many lists.
    pub(super) fn add(&mut self, lists: usize, compared: &Compared) {
        self.compared += lists as u64;
        self.same += (lists - compared.differences.len().min(lists)) as u64;
        self.consumed_rcu += compared.rcu;
        self.calls += compared.calls;
        self.retries += compared.retries;
        self.throttled_calls += compared.throttled_calls;
    }

    /// Adds a user whose last list the table does not hold.
    pub(super) fn wrong(&mut self, wrong: Wrong) {
        match wrong.difference {
            Difference::Newer { .. } => return self.newer += 1,
            Difference::AsNew { .. } => return self.as_new += 1,
            _ => {}
        }
        self.differing += 1;
        if self.differences.len() < LISTED {
            self.differences.push(wrong);
        }
    }

    /// Adds a line or entry that could not be read. Each counts once, however often the input is
    /// read.
    pub(super) fn unread(
        &mut self,
        at: LineStart,
        entry: Option<usize>,
        fault: Fault,
        names: &[String],
    ) {
        if !self.counted.is_new(at, entry, self.passes) {
            return;
        }
        self.unread += 1;
        if self.unread_lines.len() < UNREAD_LISTED {
            let at = At::of(names.get(at.file), at);
            let (reason, detail) = (fault.reason.name(), fault.detail);
            self.unread_lines.push(Unread { at, entry, reason, detail });
        }
    }

    /// Returns the outcome. Differences take precedence over unread users.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let incomplete =
            self.stopped.is_some() || !self.broken_inputs.is_empty() || self.unread > 0;
        match self {
            _ if self.interrupted => Outcome::Interrupted,
            _ if self.differing > 0 => Outcome::Findings,
            _ if incomplete && self.compared == 0 => Outcome::Failed,
            _ if incomplete => Outcome::Partial,
            _ if self.compared == 0 => Outcome::NothingToDo,
            _ => Outcome::Success,
        }
    }
}
