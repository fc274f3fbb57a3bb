//! Every message of a journal with its whole content, one at a time.

use std::borrow::Cow;
use std::collections::HashSet;

use super::reader::{JournalError, Reader, Tail, admit};
use super::record::{Header, Intent, Record};
use crate::message::Message;

/// A message as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The message as it was received.
    pub message: Message,
    /// The body as it was sent, where it was another.
    pub out: Option<String>,
    /// ARN of the queue that it was sent to, where the header names none.
    pub to: Option<String>,
}

/// Reads a journal line by line and gives each message once; only the ids of those given are kept.
#[derive(Debug, Default)]
pub struct Restore {
    reader: Reader,
    header: Option<Header>,
    given: HashSet<Box<str>>,
}

impl Restore {
    /// A restore that has read nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next line; its message, if it has one that was not given before.
    ///
    /// # Errors
    /// When the line *before* it was broken, or this one is not where it belongs.
    pub fn line(&mut self, line: &[u8]) -> Result<Option<Kept>, JournalError> {
        let Some(record) = self.reader.read::<Record<'static>>(line)? else { return Ok(None) };
        let (header, kept) = match record {
            Record::Header(header) => (Some(header), None),
            Record::Intent(Intent { message, out, to, .. }) => {
                let (out, to) = (out.map(Cow::into_owned), to.map(Cow::into_owned));
                (None, Some(Kept { message: message.into_owned(), out, to }))
            }
            _ => (None, None),
        };
        admit(&mut self.header, header, self.reader.line())?;
        Ok(kept.filter(|kept| self.given.insert(kept.message.id.as_str().into())))
    }

    /// The header, once it was read.
    #[must_use]
    pub const fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// End of the file.
    #[must_use]
    pub fn finish(self) -> Tail {
        self.reader.finish()
    }
}
