//! Recognises messages that a run has already sent.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::digest::Digest;
use super::replay::JournalState;
use crate::message::Message;

/// Messages sent by one or more runs, for comparison with messages in the DLQ.
///
/// Ids and digests are kept as 128 bits of SHA-256, about 100 bytes per message in all.
#[derive(Debug, Default)]
pub struct SentMessages {
    runs: Vec<String>,
    originals: HashMap<Key, Known>,
    copies: HashMap<Key, Known>,
    contents: HashMap<Key, Known>,
}

/// Bytes, which need no alignment: with a `u128`, the table would be a quarter larger.
type Key = [u8; 16];

#[derive(Debug, Clone, Copy)]
struct Known {
    run: u16,
    acked: bool,
}

/// Evidence that a message was sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting<'a> {
    /// The same message was sent and is still, or again, in its source queue: its delete did not
    /// happen or had no effect.
    StillHere {
        /// The run that sent it.
        run_id: &'a str,
        /// True if the destination acknowledged it; if not, it may or may not be there.
        acked: bool,
    },
    /// The copy that was sent came back (AWS: a redrive policy's move keeps the message id).
    CameBack {
        /// The run that sent it.
        run_id: &'a str,
    },
    /// A message with the same body and attributes was sent: it came back another way, or the
    /// producer sent it twice.
    SameContent {
        /// The run that sent it.
        run_id: &'a str,
    },
}

impl SentMessages {
    /// Makes room for this many messages: growing by doubling would take twice as much memory.
    pub fn reserve(&mut self, messages: usize) {
        for table in [&mut self.originals, &mut self.copies, &mut self.contents] {
            table.reserve(messages);
        }
    }

    /// Adds the messages that a journal lists as sent or possibly sent. Later journals take
    /// precedence, but no doubt about a message that another journal proves to be sent.
    pub fn add(&mut self, state: &JournalState) {
        let Some(header) = state.header() else { return };
        let run = self.run(&header.run_id);
        for (id, story) in state.stories().filter(|(_, story)| story.may_be_sent()) {
            let digest = story.digest.as_ref();
            self.note(Known { run, acked: story.is_acked() }, id, story.sent_as.as_deref(), digest);
        }
    }

    /// Adds one message that the run `run_id` sent and the destination acknowledged as `sent_as`.
    pub fn sent(&mut self, run_id: &str, message_id: &str, sent_as: &str, digest: &Digest) {
        let run = self.run(run_id);
        self.note(Known { run, acked: true }, message_id, Some(sent_as), Some(digest));
    }

    /// Returns the strongest evidence that a message was sent before; `None` if it is new.
    #[must_use]
    pub fn recognise(&self, message: &Message) -> Option<Sighting<'_>> {
        if self.originals.is_empty() {
            return None;
        }
        let run_id = |known: &Known| self.runs.get(usize::from(known.run)).map(String::as_str);
        let id = key(&message.id);
        // First: a copy that came back and was sent again is sent, although it is still here.
        if let Some(known) = self.originals.get(&id) {
            return Some(Sighting::StillHere { run_id: run_id(known)?, acked: known.acked });
        }
        if let Some(known) = self.copies.get(&id) {
            return Some(Sighting::CameBack { run_id: run_id(known)? });
        }
        let digest = Digest::of(&message.body, &message.attributes);
        let known = self.contents.get(&digest.short())?;
        Some(Sighting::SameContent { run_id: run_id(known)? })
    }

    fn run(&mut self, run_id: &str) -> u16 {
        let known = self.runs.iter().rposition(|run| run == run_id);
        let index = known.unwrap_or_else(|| {
            self.runs.push(run_id.to_owned());
            self.runs.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    fn note(&mut self, known: Known, id: &str, sent_as: Option<&str>, digest: Option<&Digest>) {
        let original = self.originals.entry(key(id)).or_insert(known);
        if known.acked || !original.acked {
            *original = known;
        }
        self.copies.extend(sent_as.map(|sent_as| (key(sent_as), known)));
        self.contents.extend(digest.map(|digest| (digest.short(), known)));
    }
}

/// Returns the first 128 bits of an id's SHA-256.
pub(crate) fn key(id: &str) -> Key {
    let sum: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    std::array::from_fn(|at| sum[at])
}
