//! Repair of message bodies: removing envelopes, rewriting, salvaging good entries.
//!
//! A changed message is classified again. If its new body does not decode, or would overwrite newer
//! lists, it is not sent, and the original stays unchanged.

mod repairer;
mod transform;

use serde::{Deserialize, Serialize};

pub use repairer::{Changed, Repaired, Repairer};
pub use transform::Transform;

/// Body repairs, applied in this order.
#[derive(Debug, Default)]
pub struct Repair {
    /// Removes known envelopes.
    pub unwrap: bool,
    /// Rewrites the body with an expression.
    pub transform: Option<Transform>,
    /// Sends only the good entries of a message that also has bad ones.
    pub salvage: bool,
}

/// Repair that was applied to a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Known envelopes were removed.
    Unwrap,
    /// The body was rewritten by an expression.
    Transform,
    /// Bad entries were left out.
    Salvage,
}

impl Step {
    /// Returns the flag that requests it.
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
    /// Returns whether no repair is requested.
    #[must_use]
    pub fn is_none(&self) -> bool {
        !self.unwrap && self.transform.is_none() && !self.salvage
    }
}

/// Requested repairs, as in reports and plans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairPlan {
    /// Removes known envelopes.
    #[serde(default)]
    pub unwrap: bool,
    /// Rewrites the body with this expression.
    #[serde(default)]
    pub transform: Option<String>,
    /// Sends only the good entries of a message that also has bad ones.
    #[serde(default)]
    pub salvage: bool,
}

impl RepairPlan {
    /// Returns the flags, or `no repair`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        words.extend(self.unwrap.then(|| "--unwrap".to_owned()));
        words.extend(self.transform.as_ref().map(|text| format!("--transform {text:?}")));
        words.extend(self.salvage.then(|| "--salvage".to_owned()));
        if words.is_empty() { "no repair".to_owned() } else { words.join(" ") }
    }
}
