//! Restores the messages of a journal with their full content, one at a time.

use std::borrow::Cow;
use std::collections::HashSet;

use super::reader::{JournalError, JournalReader, Tail, admit};
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
    header: Option<Header>,
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
        let Some(record) = self.reader.read::<Record<'static>>(line)? else { return Ok(None) };
        let (header, kept) = match record {
            Record::Header(header) => (Some(header), None),
            Record::Intent(Intent { message, out, to, .. }) => {
                let (out, to) = (out.map(Cow::into_owned), to.map(Cow::into_owned));
                (None, Some(KeptMessage { message: message.into_owned(), out, to }))
            }
            _ => (None, None),
        };
        admit(&mut self.header, header, self.reader.line())?;
        Ok(kept.filter(|kept| self.given.insert(kept.message.id.as_str().into())))
    }

    /// Returns the header, once it has been read.
    #[must_use]
    pub const fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Returns how the file ends.
    #[must_use]
    pub fn finish(self) -> Tail {
        self.reader.finish()
    }
}
