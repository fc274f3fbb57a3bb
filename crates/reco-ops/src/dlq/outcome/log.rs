//! What the function's log says of moved messages that did not end well.
//!
//! It gives reasons, and decides nothing: a message is written if the table has its lists, whatever a
//! line says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_config::SdkConfig;
use reco_core::Time;
use reco_core::cause::{Attempt, Evidence, Record};
use reco_core::message_outcome::{MessageOutcome, Tracker};
use tokio_util::sync::CancellationToken;

use crate::dlq::causes::{LEAD_MS, LogRead};
use crate::error::Result;
use crate::journal::{load, now_ms};
use crate::logs::{LogSpan, read_causes};

/// Messages that the log is asked for at most: ten calls by their ids, and about as many by requests.
pub const ASKED: usize = 240;

/// The function's log.
#[derive(Debug, Clone, Copy)]
pub struct FunctionLog<'a> {
    /// AWS SDK configuration.
    pub sdk: &'a SdkConfig,
    /// Name of the log group.
    pub group: &'a str,
}

/// Enters what the log says of the messages that did not end well, as their reason. Returns the log that
/// was read; `None` if there are no such messages.
///
/// # Errors
/// When the journal cannot be read.
pub(super) async fn explain(
    log: FunctionLog<'_>,
    tracker: &mut Tracker,
    journal: &Path,
    cancel: &CancellationToken,
) -> Result<Option<LogRead>> {
    let mut bad: Vec<(u8, String)> = tracker
        .messages()
        .filter(|message| !message.outcome.is_good())
        .map(|message| (urgency(message.outcome), message.message_id.to_owned()))
        .collect();
    bad.sort_unstable();
    let not_asked = bad.len().saturating_sub(ASKED);
    bad.truncate(ASKED);
    let back = bad.iter().filter(|(first, _)| *first == urgency(MessageOutcome::CameBack));
    let back: BTreeSet<&str> = back.map(|(_, id)| id.as_str()).collect();
    let bad: BTreeSet<&str> = bad.iter().map(|(_, id)| id.as_str()).collect();
    // The function knows a message by the id of its copy.
    let copies: BTreeMap<String, String> = match bad.is_empty() {
        true => BTreeMap::new(),
        false => load(journal)?
            .sent()
            .filter(|sent| bad.contains(sent.message_id))
            .map(|sent| (sent.sent_as.to_owned(), sent.message_id.to_owned()))
            .collect(),
    };
    if copies.is_empty() {
        return Ok(None);
    }
    let until_ms = now_ms();
    let since_ms = tracker.since_ms().saturating_sub(LEAD_MS).clamp(0, until_ms);
    let span = LogSpan { group: log.group.to_owned(), since_ms, until_ms };
    let wanted: BTreeSet<String> = copies.keys().cloned().collect();
    let recorded = read_causes(log.sdk, &span, &wanted, cancel).await;
    for (copy, message_id) in &copies {
        let has_ended = back.contains(message_id.as_str());
        if let Some(words) = words(&recorded.record, copy, has_ended) {
            tracker.explain(message_id, &words);
        }
    }
    let mut read = LogRead::of(Some(span.group), since_ms, &recorded);
    if not_asked > 0 {
        let words = || format!("it was asked about {ASKED} messages, and not {not_asked} more");
        read.problem.get_or_insert_with(words);
    }
    Ok(Some(read))
}

/// Returns which messages come first if there are too many.
const fn urgency(outcome: MessageOutcome) -> u8 {
    match outcome {
        MessageOutcome::CameBack => 0,
        MessageOutcome::Unknown => 1,
        _ => 2,
    }
}

/// Returns what ended the last attempt at a copy. Unless it came back and so `has_ended`, an attempt
/// that only began may be going on.
fn words(record: &Record, copy: &str, has_ended: bool) -> Option<String> {
    let mut attempts = record.attempts(copy);
    attempts.retain(|attempt| has_ended || attempt.evidence != Evidence::BatchReceived);
    let Attempt { at_ms, cause, .. } = attempts.pop()?;
    let detail = cause.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
    Some(format!("by the log: {}{detail}, {}", cause.words(), Time::from_millis(at_ms).iso()))
}
