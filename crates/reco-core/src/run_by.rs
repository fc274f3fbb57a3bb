//! Who ran something, and why, as journals and reports have it.

use serde::{Deserialize, Serialize};

use crate::clip::clip;

/// Maximum characters of a reason that is kept.
pub const REASON_CHARS: usize = 500;

/// Who ran something, where, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunBy {
    /// ARN of the caller, as STS has it; absent if STS did not say.
    #[serde(default)]
    pub who: Option<String>,
    /// Name of the machine.
    #[serde(default)]
    pub host: Option<String>,
    /// The operator's reason, clipped to [`REASON_CHARS`].
    #[serde(default)]
    pub reason: Option<String>,
}

impl RunBy {
    /// Returns whether nothing is known, as in journals of earlier versions.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.who.is_none() && self.host.is_none() && self.reason.is_none()
    }

    /// Returns the caller and the machine: `ARN on HOST`; `None` if neither is known.
    #[must_use]
    pub fn caller(&self) -> Option<String> {
        match (&self.who, &self.host) {
            (Some(who), Some(host)) => Some(format!("{who} on {host}")),
            (Some(who), None) => Some(who.clone()),
            (None, Some(host)) => Some(format!("an unknown caller on {host}")),
            (None, None) => None,
        }
    }
}

/// Returns a reason as it is kept.
#[must_use]
pub fn kept_reason(text: &str) -> String {
    clip(text.trim(), REASON_CHARS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_told_as_far_as_it_is_known() {
        let by = |who: Option<&str>, host: Option<&str>| RunBy {
            who: who.map(str::to_owned),
            host: host.map(str::to_owned),
            reason: None,
        };
        assert_eq!(by(Some("a"), Some("h")).caller().as_deref(), Some("a on h"));
        assert_eq!(by(Some("a"), None).caller().as_deref(), Some("a"));
        assert_eq!(by(None, Some("h")).caller().as_deref(), Some("an unknown caller on h"));
        assert_eq!(by(None, None).caller(), None);
        assert!(by(None, None).is_unknown() && !by(Some("a"), None).is_unknown());
    }

    #[test]
    fn a_reason_is_kept_without_blanks_around_it_and_clipped() {
        assert_eq!(kept_reason("  INC-4711: bad policy \n"), "INC-4711: bad policy");
        assert_eq!(kept_reason(&"ä".repeat(9_000)).chars().count(), REASON_CHARS + 1);
    }
}
