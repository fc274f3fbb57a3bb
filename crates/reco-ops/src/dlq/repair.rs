//! Repair on the way: envelopes off, bodies rewritten, good entries saved from bad ones.
//!
//! A changed message is classified again in its new form. A changed body that does not decode, or
//! that would overwrite newer lists, is not sent: its message stays unchanged.

mod repairer;
mod transform;

use serde::{Deserialize, Serialize};

pub use repairer::{Changed, Repaired, Repairer};
pub use transform::Transform;

/// Body repairs, in this order.
#[derive(Debug, Default)]
pub struct Repair {
    /// Take known envelopes off.
    pub unwrap: bool,
    /// Rewrite by an expression.
    pub transform: Option<Transform>,
    /// Of messages with good and bad entries, send the good ones.
    pub salvage: bool,
}

/// Repair step applied to a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Envelopes were taken off.
    Unwrap,
    /// An expression rewrote it.
    Transform,
    /// Bad entries were left out.
    Salvage,
}

impl Step {
    /// The flag that asks for it.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Step::Unwrap => "--unwrap",
            Step::Transform => "--transform",
            Step::Salvage => "--salvage",
        }
    }
}

impl Repair {
    /// Returns whether nothing is to be done.
    #[must_use]
    pub fn is_none(&self) -> bool {
        !self.unwrap && self.transform.is_none() && !self.salvage
    }
}

/// The flags as reports and plans have them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairPlan {
    /// Take known envelopes off.
    #[serde(default)]
    pub unwrap: bool,
    /// Rewrite by this expression.
    #[serde(default)]
    pub transform: Option<String>,
    /// Send the good entries of messages that have bad ones, too.
    #[serde(default)]
    pub salvage: bool,
}

impl RepairPlan {
    /// In words, for messages.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        words.extend(self.unwrap.then(|| "--unwrap".to_owned()));
        words.extend(self.transform.as_ref().map(|text| format!("--transform {text:?}")));
        words.extend(self.salvage.then(|| "--salvage".to_owned()));
        if words.is_empty() { "no repair".to_owned() } else { words.join(" ") }
    }
}
