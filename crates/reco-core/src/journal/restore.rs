//! Restores the messages of a journal with their full content, one at a time.

use std::borrow::Cow;
use std::collections::HashSet;

use super::reader::{JournalError, JournalReader, Tail};
use super::record::{Header, Intent, Record};
use crate::message::Message;

/// A message as recorded in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMessage {
    /// The message as it was received.
    pub message: Message,
    /// The body as it was sent, if it differs.
    pub out: Option<String>,
    /// ARN of the destination queue, if the header has none.
    pub to: Option<String>,
}

/// Reads a journal line by line and returns each message once; only ids are kept.
#[derive(Debug, Default)]
pub struct Restore {
    reader: JournalReader,
    given: HashSet<Box<str>>,
}

impl Restore {
    /// Creates an empty restore.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next line. Returns its message, if it has one that was not returned before.
    ///
    /// # Errors
    /// When the line *before* it was invalid, or this one is out of place.
    pub fn line(&mut self, line: &[u8]) -> Result<Option<KeptMessage>, JournalError> {
        let Some(Record::Intent(intent)) = self.reader.read(line)? else { return Ok(None) };
        let Intent { message, out, to, .. }: Intent<'static> = intent;
        if !self.given.insert(message.id.as_str().into()) {
            return Ok(None);
        }
        let (out, to) = (out.map(Cow::into_owned), to.map(Cow::into_owned));
        Ok(Some(KeptMessage { message: message.into_owned(), out, to }))
    }

    /// Returns the header, once it has been read.
    #[must_use]
    pub const fn header(&self) -> Option<&Header> {
        self.reader.header.as_ref()
    }

    /// Returns how the file ends.
    #[must_use]
    pub fn finish(self) -> Tail {
        self.reader.finish()
    }
}
