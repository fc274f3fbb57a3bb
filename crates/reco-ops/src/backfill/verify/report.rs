//! Result of a verification.

use std::collections::HashSet;

use reco_core::Id;
use reco_core::outcome::Outcome;
use reco_store::reader::{Compared, Difference};
use serde::Serialize;

use super::super::fault::Fault;
use super::super::inputs::At;
use super::super::lines::Place;
use super::Scope;

/// Differences that are listed; the others are counted.
const LISTED: usize = 10_000;

/// Lines that could not be read that are listed; the others are counted.
const UNREAD_LISTED: usize = 1_000;

/// Lines that could not be read that are told apart in further passes.
const COUNTED_APART: usize = 100_000;

/// Result of a verification.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// Number of users that were asked for; `None` when all were.
    pub sample: Option<u64>,
    /// Number of users that the sample has; those of whom nothing is to be written are among them.
    pub users: Option<u64>,
    /// Lists of the input that were held against the table; a user may have several.
    pub compared: u64,
    /// Users whose last list is not what the table holds.
    pub differing: u64,
    /// Users of whom the table holds a newer list than the input's; they do not differ.
    pub newer: u64,
    /// Users of whom the table holds another list of the same time, where only what is newer was
    /// written; they do not differ.
    pub as_new: u64,
    /// Lines and entries of the input that could not be read, so that nothing is known of them.
    pub unread: u64,
    /// The first 1,000 of them.
    pub unread_lines: Vec<Unread>,
    /// Those that were counted already, in earlier passes.
    #[serde(skip)]
    pub counted: Counted,
    /// Differences in input order; the first 10,000.
    pub differences: Vec<Wrong>,
    /// Inputs that broke off: what they had was verified.
    pub broken_inputs: Vec<String>,
    /// Number of times that the input was read to compare it.
    pub passes: u32,
    /// Read capacity units consumed, by DynamoDB's account.
    pub consumed_rcu: f64,
    /// `BatchGetItem` calls.
    pub calls: u64,
    /// Calls made again.
    pub retries: u64,
    /// Calls refused whole as too fast.
    pub throttled_calls: u64,
    /// Seconds that it took.
    pub duration_s: f64,
    /// Reason why it ended before everything was verified.
    pub stopped: Option<String>,
    /// True if a signal ended it.
    pub interrupted: bool,
}

/// A list of the input that the table does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// Its line.
    #[serde(flatten)]
    pub at: At,
    /// Its entry's index in the line, from 0.
    pub entry: usize,
    /// Its user.
    pub user: Id,
    /// In what the table differs.
    #[serde(serialize_with = "with_words")]
    pub difference: Difference,
}

/// A line, or an entry of it, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Its line.
    #[serde(flatten)]
    pub at: At,
    /// The entry's index in the line, from 0; absent when it is the whole line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
    /// The kind of fault.
    pub reason: &'static str,
    /// Description of the fault with its position.
    pub detail: String,
}

/// Lines that were counted already.
#[derive(Debug, Clone, Default)]
pub struct Counted(HashSet<(Place, Option<usize>)>);

impl Counted {
    /// Notes a line, or an entry of it; whether it was not noted before.
    fn is_new(&mut self, at: Place, entry: Option<usize>, pass: u32) -> bool {
        if self.0.len() < COUNTED_APART { self.0.insert((at, entry)) } else { pass <= 1 }
    }
}

/// As data, and in words.
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
        Verification {
            sample,
            users: None,
            compared: 0,
            differing: 0,
            newer: 0,
            as_new: 0,
            unread: 0,
            unread_lines: Vec::new(),
            counted: Counted::default(),
            differences: Vec::new(),
            broken_inputs: Vec::new(),
            passes: 0,
            consumed_rcu: 0.0,
            calls: 0,
            retries: 0,
            throttled_calls: 0,
            duration_s: 0.0,
            stopped: None,
            interrupted: false,
        }
    }

    /// Counts what a comparison of so many lists took.
    pub(super) fn add(&mut self, lists: usize, compared: &Compared) {
        self.compared += lists as u64;
        self.consumed_rcu += compared.rcu;
        self.calls += compared.calls;
        self.retries += compared.retries;
        self.throttled_calls += compared.throttled_calls;
    }

    /// Counts a user whose last list the table does not hold.
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

    /// Counts a line, or an entry of it, that could not be read. Each counts once, however often the
    /// input is read.
    pub(super) fn unread(
        &mut self,
        at: Place,
        entry: Option<usize>,
        fault: Fault,
        names: &[String],
    ) {
        if !self.counted.is_new(at, entry, self.passes) {
            return;
        }
        self.unread += 1;
        if self.unread_lines.len() < UNREAD_LISTED {
            let file = names.get(at.file).cloned().unwrap_or_default();
            let at = At { file, line: at.line, offset: at.offset };
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
