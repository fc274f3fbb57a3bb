//! Filter policy: rules in TOML that the Lambda and recoctl share.

use crate::toml_fault::TomlFault;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::item::{DescriptionError, ItemDescription};

/// Filter policy. Every rule can be turned off; all are on by default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Enabled rules.
    pub rules: Rules,
    /// Bounds on a list's length.
    pub limits: Limits,
    /// Write settings.
    pub writes: Writes,
    /// Item layout.
    pub item: ItemDescription,
}

/// Write settings for lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Writes {
    /// A list replaces only one that is older by `generated_at`, or of unknown time; a list of
    /// unknown time replaces no list of known time. Off by default, since each item then needs its
    /// own conditional `PutItem` instead of a place in a `BatchWriteItem`.
    pub only_newer: bool,
}

/// Checks, in the order in which they run; `true` enables a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// The user must exist in the facts.
    pub user_known: bool,
    /// The user must be active.
    pub user_active: bool,
    /// A repeated article is dropped; the first one keeps its rank.
    pub no_duplicates: bool,
    /// The article must exist in the facts.
    pub article_known: bool,
    /// The article must be published.
    pub article_published: bool,
    /// Users are not recommended their own articles.
    pub not_own_article: bool,
    /// Users are not recommended authors they mute or block.
    pub not_muted_author: bool,
    /// Users are not recommended articles they have read.
    pub not_already_read: bool,
}

/// Bounds on the length of a list; `false` turns a bound off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Maximum number of articles to keep, best first.
    pub max_len: Limit,
    /// A list with fewer articles left is not written.
    pub min_len: Limit,
}

/// A bound that can be turned off: a positive whole number, or `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a whole number of at least 1, or false")]
pub enum Limit {
    /// A bound of at least 1.
    At(std::num::NonZeroU32),
    /// No bound. Written `false`; `true` is refused by [`Policy::from_toml`].
    Off(bool),
}

impl Limit {
    /// Returns a bound of `number`, or no bound for 0.
    #[must_use]
    pub const fn at(number: u32) -> Self {
        match std::num::NonZeroU32::new(number) {
            Some(number) => Limit::At(number),
            None => Limit::Off(false),
        }
    }

    /// Returns the bound, if there is one.
    #[must_use]
    pub fn get(self) -> Option<usize> {
        match self {
            Limit::At(number) => Some(number.get() as usize),
            Limit::Off(_) => None,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            user_known: true,
            user_active: true,
            no_duplicates: true,
            article_known: true,
            article_published: true,
            not_own_article: true,
            not_muted_author: true,
            not_already_read: true,
        }
    }
}

impl Rules {
    /// Returns whether any enabled rule needs facts about users or articles.
    #[must_use]
    pub fn need_facts(&self) -> bool {
        self.user_known || self.user_active || self.need_article_facts() || self.not_already_read
    }

    fn need_article_facts(&self) -> bool {
        self.article_known
            || self.article_published
            || self.not_own_article
            || self.not_muted_author
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_len: Limit::at(100), min_len: Limit::at(1) }
    }
}

#[expect(clippy::derivable_impls, reason = "the default is a decision: every rule is on")]
impl Default for Policy {
    fn default() -> Self {
        Policy {
            rules: Rules::default(),
            limits: Limits::default(),
            writes: Writes::default(),
            item: ItemDescription::default(),
        }
    }
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML, or a key or value that the policy does not have (with line and column).
    #[error("policy is not valid: {0}")]
    Syntax(TomlFault),
    /// A limit of `true`, which is meaningless.
    #[error("policy limit {0} is `true`: write a whole number of at least 1, or false")]
    LimitTrue(&'static str),
    /// An invalid item description.
    #[error("policy: {0}")]
    Item(#[from] DescriptionError),
    /// Limits that no list can meet.
    #[error("policy limits contradict each other: min_len {min} is greater than max_len {max}")]
    Contradiction {
        /// The lower bound.
        min: usize,
        /// The upper bound.
        max: usize,
    },
}

impl Policy {
    /// Reads a policy from TOML. Missing keys take their defaults; unknown keys are errors, since
    /// a misspelt rule that is silently ignored would let through what it was meant to stop.
    ///
    /// # Errors
    /// [`PolicyError`] with the line and column, or the invalid limit.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy: Policy = toml::from_str(text)
            .map_err(|error| PolicyError::Syntax(TomlFault::of(text, &error)))?;
        for (name, limit) in
            [("max_len", policy.limits.max_len), ("min_len", policy.limits.min_len)]
        {
            if limit == Limit::Off(true) {
                return Err(PolicyError::LimitTrue(name));
            }
        }
        policy.item.check()?;
        match (policy.limits.min_len.get(), policy.limits.max_len.get()) {
            (Some(min), Some(max)) if min > max => Err(PolicyError::Contradiction { min, max }),
            _ => Ok(policy),
        }
    }

    /// Returns the policy as TOML for [`Policy::from_toml`].
    #[must_use]
    pub fn to_toml(&self) -> String {
        // The canonical form is TOML except for its first line.
        self.canonical()
            .split_once('\n')
            .map(|(_, settings)| settings.to_owned())
            .unwrap_or_default()
    }

    /// Returns the complete policy, one `name = value` per line in a fixed order. Equivalent
    /// policies have the same canonical form, however their files are written.
    #[must_use]
    pub fn canonical(&self) -> String {
        let Rules {
            user_known,
            user_active,
            no_duplicates,
            article_known,
            article_published,
            not_own_article,
            not_muted_author,
            not_already_read,
        } = self.rules;
        let limit = |limit: Limit| limit.get().map_or("false".to_owned(), |n| n.to_string());
        // Omitted while off, so that policies older than this rule keep their fingerprints.
        let Writes { only_newer } = self.writes;
        let mut writes = if only_newer { "writes.only_newer = true\n" } else { "" }.to_owned();
        // Default item settings are omitted for the same reason.
        for (name, value) in self.item.settings() {
            let value = toml::Value::String(value);
            writes.push_str(&format!("item.{name} = {value}\n"));
        }
        format!(
            "recoctl-policy 1\n\
             rules.user_known = {user_known}\n\
             rules.user_active = {user_active}\n\
             rules.no_duplicates = {no_duplicates}\n\
             rules.article_known = {article_known}\n\
             rules.article_published = {article_published}\n\
             rules.not_own_article = {not_own_article}\n\
             rules.not_muted_author = {not_muted_author}\n\
             rules.not_already_read = {not_already_read}\n\
             limits.max_len = {}\n\
             limits.min_len = {}\n\
             {writes}",
            limit(self.limits.max_len),
            limit(self.limits.min_len),
        )
    }

    /// Returns the SHA-256 of [`Policy::canonical`] in lower-case hex. The Lambda and recoctl both
    /// show it, so that an operator can see that they use the same rules.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        crate::hex(&Sha256::digest(self.canonical().as_bytes()))
    }
}
