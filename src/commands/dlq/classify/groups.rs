//! Breakdown of messages by class.

use reco_core::classify::Class;
use reco_core::room::Load;
use serde::Serialize;

use super::causes::CauseCount;
use super::reasons::{ReasonCount, count_reasons};
use super::steps::Next;
use reco_ops::dlq::judge::Row;

/// Maximum reasons shown per class.
const REASONS: usize = 5;

/// Messages of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ClassGroup {
    pub(super) class: Class,
    pub(super) messages: u64,
    /// Number of user entries, including bad ones.
    pub(super) users: u64,
    /// WCU needed to redrive them.
    pub(super) wcu: u64,
    /// Age of the oldest message, in seconds.
    pub(super) oldest_age_s: Option<i64>,
    /// Seconds until retention deletes the first message.
    pub(super) first_expiry_s: Option<i64>,
    /// Most frequent reasons; what differs between messages is collapsed.
    pub(super) reasons: Vec<ReasonCount>,
    /// Number of reasons not shown.
    pub(super) more_reasons: u64,
    /// Recorded causes of the last attempts, most frequent first; absent without `--logs`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) causes: Vec<CauseCount>,
    pub(super) action: &'static str,
    /// Command line to run next, and why.
    #[serde(flatten)]
    pub(super) next: Next,
}

impl ClassGroup {
    /// Returns its cost.
    pub(super) const fn load(&self) -> Load {
        Load { messages: self.messages, wcu: self.wcu }
    }
}

/// Groups messages by class, in the order of [`Class::ALL`], without their next commands.
pub(super) fn group(rows: &[Box<Row>]) -> Vec<ClassGroup> {
    let of_class = |class: Class| {
        let rows = rows.iter().map(AsRef::as_ref);
        let rows: Vec<&Row> = rows.filter(|row: &&Row| row.verdict.class == class).collect();
        if rows.is_empty() {
            return None;
        }
        let mut reasons = count_reasons(&rows);
        let more_reasons = reasons.len().saturating_sub(REASONS) as u64;
        reasons.truncate(REASONS);
        Some(ClassGroup {
            class,
            messages: rows.len() as u64,
            users: rows.iter().map(|row| row.verdict.users as u64).sum(),
            wcu: rows.iter().map(|row| row.verdict.wcu).sum(),
            oldest_age_s: rows.iter().filter_map(|row| row.age_s).max(),
            first_expiry_s: rows.iter().filter_map(|row| row.time_left_s).min(),
            reasons,
            more_reasons,
            causes: Vec::new(),
            action: class.action(),
            next: Next::default(),
        })
    };
    Class::ALL.iter().copied().filter_map(of_class).collect()
}
