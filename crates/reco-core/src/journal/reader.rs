//! Line reader that tolerates a truncated last line, which a crash may leave.

use serde::de::DeserializeOwned;

use super::record::{Header, Record, VERSION};
use crate::decode::reason_in_line;

/// Reason why a journal cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// An invalid line that is not the last.
    #[error(
        "line {line} of the journal is broken: {reason}; only the last line may be, so the file was damaged or edited by hand"
    )]
    Broken {
        /// Line number, from 1.
        line: u64,
        /// The parser's error message.
        reason: String,
    },
    /// The first record is not a header.
    #[error("line {line} comes before the header: this is not a recoctl journal")]
    NoHeader {
        /// Line number, from 1.
        line: u64,
    },
    /// A second header.
    #[error(
        "line {line} is a second header: two journals were concatenated; split them before this line"
    )]
    SecondHeader {
        /// Line number, from 1.
        line: u64,
    },
    /// An unknown format version.
    #[error(
        "the journal has format {found} but this recoctl reads {VERSION}: use the recoctl that wrote it ({recoctl})"
    )]
    Version {
        /// Format version of the journal.
        found: u32,
        /// Version of recoctl that wrote the journal.
        recoctl: String,
    },
}

/// End of a journal file, and the position for appending to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tail {
    /// Bytes of complete records, if lines were passed with their newlines. Truncate the file to
    /// this length before appending.
    pub whole_bytes: u64,
    /// True if the last complete record lacks its newline: write one before appending.
    pub unterminated: bool,
    /// A truncated last line, if there is one.
    pub torn: Option<Torn>,
}

/// A last line that was cut off while being written. No action depends on it: a record takes effect
/// only after it has been flushed completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// Line number, from 1.
    pub line: u64,
    /// Length in bytes.
    pub bytes: u64,
}

/// Parses lines, keeps the header, and tracks how the file ends.
#[derive(Debug, Default)]
pub(super) struct JournalReader {
    /// Header, once it has been read.
    pub header: Option<Header>,
    lines: u64,
    whole_bytes: u64,
    unterminated: bool,
    pending: Option<(JournalError, Torn)>,
}

impl JournalReader {
    /// Reads one line, with or without its newline. Returns `None` for the header, for a blank line,
    /// and for an invalid one: whether that is an error shows with the next line.
    pub fn read<I: DeserializeOwned>(
        &mut self,
        line: &[u8],
    ) -> Result<Option<Record<'static, I>>, JournalError> {
        if let Some((error, _)) = self.pending.take() {
            return Err(error);
        }
        self.lines += 1;
        let bytes = line.len() as u64;
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let parsed = if text.trim_ascii().is_empty() {
            Ok(None)
        } else {
            serde_json::from_slice(text).map(Some)
        };
        match parsed {
            Ok(record) => {
                self.whole_bytes += bytes;
                self.unterminated = !line.is_empty() && text.len() == line.len();
                self.admit(record)
            }
            Err(error) => {
                let (line, reason) = (self.lines, reason_in_line(&error));
                self.pending = Some((JournalError::Broken { line, reason }, Torn { line, bytes }));
                Ok(None)
            }
        }
    }

    /// Keeps the header, which must be the first record, and rejects a second one.
    fn admit<I>(
        &mut self,
        record: Option<Record<'static, I>>,
    ) -> Result<Option<Record<'static, I>>, JournalError> {
        let line = self.lines;
        match (record, &self.header) {
            (Some(Record::Header(_)), Some(_)) => Err(JournalError::SecondHeader { line }),
            (Some(Record::Header(header)), None) if header.version != VERSION => {
                Err(JournalError::Version { found: header.version, recoctl: header.recoctl })
            }
            (Some(Record::Header(header)), None) => {
                self.header = Some(header);
                Ok(None)
            }
            (Some(_), None) => Err(JournalError::NoHeader { line }),
            (record, _) => Ok(record),
        }
    }

    /// Returns how the file ends.
    pub fn finish(self) -> Tail {
        Tail {
            whole_bytes: self.whole_bytes,
            // A line that is followed by another one had its newline, even if it was stripped.
            unterminated: self.unterminated && self.pending.is_none(),
            torn: self.pending.map(|(_, torn)| torn),
        }
    }
}
