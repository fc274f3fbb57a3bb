//! Journals of imports and restores: one per origin and destination, so that a command repeated
//! after a crash does not silently send messages twice.
//!
//! They are kept apart from the journals of redrives: a redrive takes messages out of a DLQ, an
//! import may put messages into it.

use std::path::{Path, PathBuf};

use reco_core::hex;
use reco_core::journal::{Header, JournalState, Standing, is_remembered};
use reco_core::run_by::RunBy;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::journal::{Home, Journal, load, make_private, now_ms};
use crate::sqs::Doubt;

/// Prefix of `source` in an import's journal; the export's id follows.
pub const EXPORT: &str = "export:";
/// Prefix of `source` in a restore's journal; the id of the restored run follows.
pub const RESTORE: &str = "restore:";

/// Origin and destination of the messages.
#[derive(Debug, Clone)]
pub struct ImportOrigin {
    /// [`EXPORT`] or [`RESTORE`].
    pub kind: &'static str,
    /// Id of the export or run.
    pub id: String,
    /// ARN of the destination queue.
    pub to: String,
}

/// History of earlier imports from one origin into one queue.
#[derive(Debug)]
pub struct Ledger {
    directory: PathBuf,
    prefix: String,
    found: Option<(PathBuf, JournalState)>,
}

/// State of a message of the origin at the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageState {
    /// Not sent, refused, or safe to send again without a duplicate.
    ToSend(Option<Doubt>),
    /// In the destination.
    Sent,
    /// Possibly in the destination; the reason for the uncertainty.
    Uncertain(String),
}

impl Ledger {
    /// Opens the newest journal of an origin; with `again`, ignores what is recorded.
    ///
    /// # Errors
    /// When a journal cannot be read.
    pub fn open(home: &Home, origin: &ImportOrigin, again: bool) -> Result<Self> {
        let directory = home.journals().join("imports");
        let sum: [u8; 32] = Sha256::digest(origin.to.as_bytes()).into();
        let queue = hex(&sum[..8]);
        // The id comes from a file and must not lead out of the directory.
        let id: String = origin.id.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        let kind = if origin.kind == RESTORE { "restore-" } else { "" };
        let prefix = format!("{kind}{id}-{queue}-");
        let newest = if again { None } else { newest(&directory, &prefix) };
        let found = match newest {
            Some(path) => {
                let state = load(&path)?;
                Some((path, state))
            }
            None => None,
        };
        Ok(Ledger { directory, prefix, found })
    }

    /// Returns the state of a message.
    #[must_use]
    pub fn state(&self, message_id: &str) -> MessageState {
        let Some((_, state)) = &self.found else { return MessageState::ToSend(None) };
        match state.standing(message_id) {
            Some(Standing::Acked | Standing::Deleted) => MessageState::Sent,
            Some(Standing::Uncertain | Standing::Intended) => {
                let doubt = doubt(state, message_id);
                let fifo = state.header().is_some_and(|header| header.fifo);
                match fifo && is_remembered(doubt.since_ms, now_ms()) {
                    true => MessageState::ToSend(Some(doubt)),
                    false => MessageState::Uncertain(doubt.reason),
                }
            }
            Some(Standing::Refused) | None => MessageState::ToSend(None),
        }
    }

    /// Returns the earlier attempt at a message whose effect is unknown, however long ago it was: it
    /// may have aged since [`Ledger::state`] called it safe to send again.
    #[must_use]
    pub fn doubt(&self, message_id: &str) -> Option<Doubt> {
        let (_, state) = self.found.as_ref()?;
        let standing = state.standing(message_id)?;
        matches!(standing, Standing::Uncertain | Standing::Intended)
            .then(|| doubt(state, message_id))
    }

    /// Opens the existing journal for writing, or creates one. Also returns the id of its first
    /// run, which is part of the deduplication ids on FIFO queues.
    ///
    /// # Errors
    /// Refused when it cannot be written: no message may be sent without a journal.
    pub fn write(
        &self,
        home: &Home,
        origin: &ImportOrigin,
        (fifo, by): (bool, &RunBy),
    ) -> Result<(Journal, String)> {
        if let Some((path, state)) = &self.found
            && let Some(header) = state.header()
        {
            return Ok((Journal::append(path, state)?, header.run_id.clone()));
        }
        make_private(&self.directory).map_err(|error| {
            Error::refused(format!("cannot make {}", self.directory.display()))
                .because(&error)
                .hint("set XDG_STATE_HOME to a writable directory")
        })?;
        let run_id = Journal::new_run_id();
        let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%6fZ").to_string();
        let path = self.directory.join(format!("{}{time}-{run_id}.jsonl", self.prefix));
        let header = Header {
            run_id: run_id.clone(),
            source: format!("{}{}", origin.kind, origin.id),
            destination: Some(origin.to.clone()),
            fifo,
            by: by.clone(),
            ..Header::default()
        };
        Ok((Journal::create(home, Some(&path), header)?, run_id))
    }
}

fn doubt(state: &JournalState, message_id: &str) -> Doubt {
    let restore = state.header().is_some_and(|header| header.source.starts_with(RESTORE));
    let what = if restore { "a restore" } else { "an import" };
    let reason = state.reason(message_id).map(str::to_owned);
    Doubt {
        // Without the time of its start it counts as forgotten.
        since_ms: state.doubtful_since_ms(message_id).unwrap_or(i64::MIN),
        reason: reason
            .unwrap_or_else(|| format!("{what} was interrupted between its send and the response")),
    }
}

/// Returns the newest journal whose name begins with `prefix`; the time follows in the name.
fn newest(directory: &Path, prefix: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(directory).ok()?;
    let named = entries.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(prefix) && name.ends_with(".jsonl"))
    });
    named.max()
}

#[cfg(test)]
mod tests {
    use reco_core::journal::{Intent, Record, Replay, VERSION};
    use reco_core::message::Message;

    use super::*;

    /// Ledger of a FIFO queue that has one message, whose send began this long ago and was never
    /// answered.
    fn ledger(source: &str, age_ms: i64) -> Ledger {
        let source = source.to_owned();
        let header = Header { version: VERSION, source, fifo: true, ..Header::default() };
        let message = Message { id: "m".to_owned(), ..Message::default() };
        let intent = Intent::new(&message, None, 1, now_ms() - age_ms);
        let mut replay = Replay::new();
        for record in [Record::Header(header), Record::Intent(intent)] {
            let mut line = Vec::new();
            record.write_line(&mut line).expect("a line");
            replay.line(&line).expect("a line of a journal");
        }
        let found = Some((PathBuf::new(), replay.finish()));
        Ledger { directory: PathBuf::new(), prefix: String::new(), found }
    }

    /// A prompt may stay open for longer than a FIFO queue remembers a deduplication id.
    #[test]
    fn a_doubt_that_ages_between_plan_and_send_is_not_forgotten() {
        assert!(matches!(ledger("export:e", 1_000).state("m"), MessageState::ToSend(Some(_))));
        let aged = ledger("export:e", 275_000);
        assert!(matches!(aged.state("m"), MessageState::Uncertain(_)));
        let doubt = aged.doubt("m").expect("its send was never answered");
        assert!(!is_remembered(doubt.since_ms, now_ms()), "the outbox settles it as uncertain");
        assert_eq!(aged.doubt("other"), None);
    }

    #[test]
    fn the_reason_names_what_was_interrupted() {
        for (source, what) in [("export:e", "an import was"), ("restore:r", "a restore was")] {
            let MessageState::Uncertain(reason) = ledger(source, 400_000).state("m") else {
                panic!("its send was never answered")
            };
            assert!(reason.starts_with(what), "{reason}");
        }
    }
}
