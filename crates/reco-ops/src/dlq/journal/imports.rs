//! Journals of earlier imports of an export, or restores of a journal: one per origin and
//! destination, so that the command can be repeated after a crash without sending messages twice
//! unreported.
//!
//! They are kept apart from the journals of redrives, whose messages came out of the DLQ: an import
//! puts messages there.

use std::path::{Path, PathBuf};

use reco_core::journal::{Header, Standing, State, VERSION, is_remembered};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::journal::{Home, Journal, load, make_private, now_ms};
use crate::sqs::Doubt;

/// Begins the `source` of an import's journal; the export's id follows.
pub const EXPORT: &str = "export:";
/// Begins the `source` of a restore's journal; the id of the run that is restored follows.
pub const RESTORE: &str = "restore:";

/// Where messages come from, and where they go.
#[derive(Debug, Clone)]
pub struct Origin {
    /// [`EXPORT`] or [`RESTORE`].
    pub kind: &'static str,
    /// The id of the export, or of the run.
    pub id: String,
    /// ARN of the queue that they go to.
    pub to: String,
}

/// History of earlier imports from one origin into one queue.
#[derive(Debug)]
pub struct Ledger {
    directory: PathBuf,
    prefix: String,
    found: Option<(PathBuf, State)>,
}

/// State of a message of the origin at the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageState {
    /// Nothing was sent of it, or it was refused, or a send can be repeated without a duplicate.
    ToSend(Option<Doubt>),
    /// The destination has it.
    Sent,
    /// The destination may have it; the reason for the uncertainty.
    Uncertain(String),
}

impl Ledger {
    /// Looks for what is known of an origin; with `again`, nothing is.
    ///
    /// # Errors
    /// When there is a journal that cannot be read.
    pub fn open(home: &Home, origin: &Origin, again: bool) -> Result<Self> {
        let directory = home.journals().join("imports");
        let sum: [u8; 32] = Sha256::digest(origin.to.as_bytes()).into();
        let queue: String = sum.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        // The id comes from a file: nothing of it may lead out of the directory.
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
                let reason = state.reason(message_id);
                let reason =
                    reason.unwrap_or("an import was interrupted between its send and the response");
                let reason = reason.to_owned();
                let fifo = state.header().is_some_and(|header| header.fifo);
                match state.doubtful_since_ms(message_id) {
                    Some(since_ms) if fifo && is_remembered(since_ms, now_ms()) => {
                        MessageState::ToSend(Some(Doubt { since_ms, reason }))
                    }
                    _ => MessageState::Uncertain(reason),
                }
            }
            Some(Standing::Refused) | None => MessageState::ToSend(None),
        }
    }

    /// Opens the journal for writing: the one that was found, or a new one. Answers with the id of
    /// its first run, too, by which FIFO queues know the messages.
    ///
    /// # Errors
    /// Refused, when it cannot be written: nothing may be sent without it.
    pub fn write(&self, home: &Home, origin: &Origin, fifo: bool) -> Result<(Journal, String)> {
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
            version: VERSION,
            run_id: run_id.clone(),
            started_at: String::new(),
            source: format!("{}{}", origin.kind, origin.id),
            destination: Some(origin.to.clone()),
            fifo,
            recoctl: String::new(),
            policy: String::new(),
        };
        Ok((Journal::create(home, Some(&path), header)?, run_id))
    }
}

/// The newest journal whose name begins so; names go on with the time.
fn newest(directory: &Path, prefix: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(directory).ok()?;
    let named = entries.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(prefix) && name.ends_with(".jsonl"))
    });
    named.max()
}
