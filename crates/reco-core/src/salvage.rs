//! Salvages the good entries of a message that also has bad ones.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::decode::{Decoded, Shape};
use crate::facts::FactSet;
use crate::filter::SkipReason;
use crate::item::Schema;
use crate::judge::{Verdict, judge};
use crate::policy::Policy;
use crate::{Id, Recommendation, Time};

/// Result of a salvage: the entries to send, and the rejected ones.
#[derive(Debug, Clone)]
pub struct Salvaged {
    /// The accepted entries, unfiltered and in order, as a canonical queue message:
    /// `{"data":[...]}`, with `generated_at` if the original has it.
    pub body: String,
    /// Number of accepted entries.
    pub kept: usize,
    /// All other entries.
    pub rejected: Vec<Rejected>,
}

/// An entry that is not sent.
#[derive(Debug, Clone, Serialize)]
pub struct Rejected {
    /// Its index in the original's `data`, from 0.
    pub index: usize,
    /// Reason for the rejection.
    pub reason: String,
    /// The entry: its original text if it did not decode, otherwise `[user, [ids...]]`. Text that
    /// is not JSON becomes a string.
    pub entry: Box<RawValue>,
    /// The message's `generated_at`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated_at: Option<Box<RawValue>>,
}

/// Reason why a message cannot be salvaged although it has good entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SalvageError {
    /// The good entries have different times, but a message has only one.
    #[error("its good entries have different generation times, but a message has only one")]
    SeveralTimes,
    /// The entries cannot be serialised as JSON.
    #[error("its entries cannot be written as JSON: {0}")]
    Unwritable(String),
}

#[derive(Serialize)]
struct Canonical<'a> {
    data: Vec<(&'a Id, &'a [Id])>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_at: Option<Time>,
}

/// Splits a message that has both writable and bad entries. Returns `None` for any other message:
/// either it has no bad entries or none of them would be written.
///
/// Entries are sent as received, not as filtered: the Lambda filters them again by its own, current
/// facts.
///
/// # Errors
/// [`SalvageError`] if the good entries do not fit into one message.
pub fn salvage(
    decoded: Decoded,
    facts: &FactSet,
    policy: &Policy,
    schema: &Schema,
) -> Result<Option<Salvaged>, SalvageError> {
    let Decoded { shape: Shape::QueueMessage, entries, bad, .. } = decoded else {
        return Ok(None);
    };
    let mut faults = bad.len();
    let mut reasons: HashMap<usize, String> = HashMap::new();
    for entry in &entries {
        match judge(entry.recommendation.clone(), facts, policy, schema).verdict {
            Verdict::Write(_) => {}
            Verdict::Skip(reason) => {
                reasons.insert(entry.index, skipped(reason).to_owned());
            }
            Verdict::Reject(error) => {
                faults += 1;
                reasons.insert(entry.index, error.to_string());
            }
        }
    }
    let kept: Vec<&Recommendation> = entries
        .iter()
        .filter(|entry| !reasons.contains_key(&entry.index))
        .map(|entry| &entry.recommendation)
        .collect();
    if faults == 0 || kept.is_empty() {
        return Ok(None);
    }
    let body = canonical(&kept)?;
    let kept = kept.len();
    let mut rejected = Vec::with_capacity(bad.len() + reasons.len());
    for bad in bad {
        let reason = bad.to_string();
        let generated_at = bad.time.map(raw).transpose()?;
        rejected.push(Rejected { index: bad.index, reason, entry: raw(bad.text)?, generated_at });
    }
    for entry in entries {
        let Some(reason) = reasons.remove(&entry.index) else { continue };
        let Recommendation { user, articles, generated_at } = entry.recommendation;
        let entry_text = to_raw(&(user, articles))?;
        let generated_at = generated_at.map(|at| to_raw(&at)).transpose()?;
        rejected.push(Rejected { index: entry.index, reason, entry: entry_text, generated_at });
    }
    rejected.sort_by_key(|rejected| rejected.index);
    Ok(Some(Salvaged { body, kept, rejected }))
}

fn canonical(kept: &[&Recommendation]) -> Result<String, SalvageError> {
    let generated_at = kept.first().and_then(|first| first.generated_at);
    if kept.iter().any(|entry| entry.generated_at != generated_at) {
        return Err(SalvageError::SeveralTimes);
    }
    let data = kept.iter().map(|entry| (&entry.user, &entry.articles[..])).collect();
    serde_json::to_string(&Canonical { data, generated_at })
        .map_err(|error| SalvageError::Unwritable(error.to_string()))
}

fn skipped(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::UnknownUser => "its user is unknown",
        SkipReason::InactiveUser => "its user is inactive",
        SkipReason::TooFew => "its list is too short once filtered",
    }
}

/// Returns a piece of a body verbatim: parsing and serialising it would round long numbers.
fn raw(text: String) -> Result<Box<RawValue>, SalvageError> {
    if serde_json::from_str::<&RawValue>(&text).is_err() {
        return to_raw(&text);
    }
    // JSON strings contain no raw newlines, so these are white space; a line must not contain any.
    RawValue::from_string(text.replace(['\n', '\r'], " "))
        .map_err(|error| SalvageError::Unwritable(error.to_string()))
}

fn to_raw<T: Serialize>(value: &T) -> Result<Box<RawValue>, SalvageError> {
    serde_json::value::to_raw_value(value)
        .map_err(|error| SalvageError::Unwritable(error.to_string()))
}
