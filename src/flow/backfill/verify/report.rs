//! What a verification found.

use reco_core::Id;
use reco_core::outcome::Outcome;
use reco_store::reader::{Compared, Difference};
use serde::Serialize;

use super::super::report::At;
use super::Scope;

/// Differences that are listed; the others are counted.
const LISTED: usize = 10_000;

/// What a verification found.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// How many users were asked for; `None` when all were.
    pub sample: Option<u64>,
    /// How many users the sample has; those of whom nothing is to be written are among them.
    pub users: Option<u64>,
    /// Lists of the input that were held against the table; a user may have several.
    pub compared: u64,
    /// Users whose last list is not what the table holds.
    pub differing: u64,
    /// Users of whom the table holds a newer list than the input's; they do not differ.
    pub newer: u64,
    /// What differs, in the order of the input; the first 10,000.
    pub differences: Vec<Wrong>,
    /// Inputs that broke off: what they had was verified.
    pub broken_inputs: Vec<String>,
    /// How often the input was read to compare it.
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
    /// Why it ended before everything was verified.
    pub stopped: Option<String>,
    /// Whether a signal ended it.
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
        if matches!(wrong.difference, Difference::Newer { .. }) {
            self.newer += 1;
            return;
        }
        self.differing += 1;
        if self.differences.len() < LISTED {
            self.differences.push(wrong);
        }
    }

    /// How it ended. What was found outranks what was not looked at.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let incomplete = self.stopped.is_some() || !self.broken_inputs.is_empty();
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
