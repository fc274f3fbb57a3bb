//! Export file format: messages as JSON lines that can be inspected, archived and imported again.
//!
//! The first line is a [`ExportHeader`]. Each further line is one message with all of its attributes and
//! the digests of body and attributes. The last line gives the number of messages. A file without
//! it is incomplete because the run was interrupted; its messages are still valid.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decode::reason_in_line;
use crate::message::{Attribute, Message, md5_of_attributes, md5_of_body};
use crate::words::amount;

/// Format version that this code writes, and the only one it reads.
pub const VERSION: u32 = 1;

/// The first line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHeader {
    /// [`VERSION`] of the writer.
    pub version: u32,
    /// Unique id of the export, whatever the file's name and compression.
    pub export_id: String,
    /// ARN of the queue that the messages were received from.
    pub queue: String,
    /// True if the export was meant to delete them from the queue.
    #[serde(default)]
    pub deletes: bool,
    /// Start of the export, in RFC 3339.
    pub exported_at: String,
    /// The version of recoctl that wrote it.
    pub recoctl: String,
}

/// One line: an object whose only key names the kind.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Export(ExportHeader),
    Message(Exported<'a>),
    End(End),
}

/// A message without its receipt handle, which is useless after the run.
#[derive(Serialize, Deserialize)]
struct Exported<'a> {
    id: Cow<'a, str>,
    body: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: Cow<'a, BTreeMap<String, Attribute>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    system: Cow<'a, BTreeMap<String, String>>,
    /// ARN of the queue it came from, for people who read the file; an import uses `system`.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    source: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    md5_of_body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    md5_of_attributes: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    messages: u64,
}

fn written(line: &Line<'_>) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Returns the header line, including its newline.
///
/// # Errors
/// Cannot occur: every header serialises.
pub fn header_line(header: &ExportHeader) -> serde_json::Result<Vec<u8>> {
    written(&Line::Export(header.clone()))
}

/// Returns the line of a message, including its newline.
///
/// # Errors
/// Cannot occur: every message serialises.
pub fn message_line(message: &Message) -> serde_json::Result<Vec<u8>> {
    written(&Line::Message(Exported {
        id: Cow::Borrowed(&message.id),
        body: Cow::Borrowed(&message.body),
        attributes: Cow::Borrowed(&message.attributes),
        system: Cow::Borrowed(&message.system),
        source: message.source_arn().map(Cow::Borrowed),
        md5_of_body: Some(md5_of_body(&message.body)),
        md5_of_attributes: md5_of_attributes(&message.attributes),
    }))
}

/// Returns the last line of a complete export, including its newline.
///
/// # Errors
/// Cannot occur: a count serialises.
pub fn end_line(messages: u64) -> serde_json::Result<Vec<u8>> {
    written(&Line::End(End { messages }))
}

/// Returns whether a line is the first line of an export.
#[must_use]
pub fn is_header(line: &[u8]) -> bool {
    matches!(serde_json::from_slice(line), Ok(Line::Export(_)))
}

/// One line of an export, read on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportLine {
    /// The first or the last line, which has no message.
    Frame,
    /// A message.
    Message(Box<Message>),
}

/// Reads one line of an export without its neighbors; `None` if it is none.
///
/// # Errors
/// Description of a message that was changed since the export, or of an unknown format version.
#[must_use]
pub fn read_line(text: &str) -> Option<Result<ExportLine, String>> {
    // Every line is an object whose only key names its kind.
    let inner = text.trim_ascii_start().strip_prefix('{')?.trim_ascii_start();
    if !["\"export\"", "\"message\"", "\"end\""].iter().any(|key| inner.starts_with(key)) {
        return None;
    }
    match serde_json::from_str(text).ok()? {
        Line::Export(ExportHeader { version, recoctl, .. }) if version != VERSION => {
            let found = version;
            Some(Err(ExportError::Version { found, recoctl }.to_string()))
        }
        Line::Export(_) | Line::End(_) => Some(Ok(ExportLine::Frame)),
        Line::Message(exported) => Some(match checked(exported, 0) {
            Ok(message) => Ok(ExportLine::Message(Box::new(message))),
            Err(ExportError::Changed { message_id, part, found, said, .. }) => Err(format!(
                "the {part} of message {message_id} is not as it was exported (MD5 {found} instead of {said}); \
                 remove its `md5_of_{part}` if it was changed on purpose"
            )),
            Err(error) => Err(error.to_string()),
        }),
    }
}

/// Reason why a file cannot be used as an export. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// A complete line that is not valid in an export.
    #[error("line {line} is broken: {reason}")]
    Broken {
        /// Line number.
        line: u64,
        /// The parser's error message.
        reason: String,
    },
    /// The first line is not a header.
    #[error("line {line} is not an export header: this file was not written by a recoctl export")]
    NoHeader {
        /// Line number.
        line: u64,
    },
    /// A second header: two exports were concatenated.
    #[error(
        "line {line} starts another export: two files were concatenated; split them before this line"
    )]
    Joined {
        /// Line number.
        line: u64,
    },
    /// An unknown format version.
    #[error(
        "the export has format {found} but this recoctl reads {VERSION}: use the recoctl that wrote it ({recoctl})"
    )]
    Version {
        /// Format version of the file.
        found: u32,
        /// Version of recoctl that wrote the file.
        recoctl: String,
    },
    /// A message was changed after the export.
    #[error(
        "line {line}: the {part} of message {message_id} is not as it was exported (MD5 {found} instead of {said}); \
         remove its `md5_of_{part}` if it was changed on purpose"
    )]
    Changed {
        /// Line number.
        line: u64,
        /// Message id.
        message_id: String,
        /// `body` or `attributes`.
        part: &'static str,
        /// Digest of the present content.
        found: String,
        /// Digest recorded in the line.
        said: String,
    },
    /// A line after the end record.
    #[error("line {line} comes after the end record of the export")]
    AfterEnd {
        /// Line number.
        line: u64,
    },
    /// The number of messages differs from the end record.
    #[error(
        "line {line} says that the export has {}, but it has {found}: lines were added or removed",
        amount(*.said, "message")
    )]
    Count {
        /// Line number.
        line: u64,
        /// Number in the end record.
        said: u64,
        /// Number found.
        found: u64,
    },
}

/// State of an export at the end of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ExportEnd {
    /// Number of messages.
    pub messages: u64,
    /// True if the file has its end record.
    pub complete: bool,
    /// Number of a truncated last line, if there is one.
    pub torn_line: Option<u64>,
}

/// Reads an export line by line.
#[derive(Debug, Default)]
pub struct ExportReader {
    line: u64,
    header: Option<ExportHeader>,
    ending: ExportEnd,
}

impl ExportReader {
    /// Reads the next line. Pass its newline, too: an invalid line without one counts as truncated.
    ///
    /// # Errors
    /// [`ExportError`] with the line number.
    pub fn line(&mut self, text: &[u8]) -> Result<Option<Message>, ExportError> {
        self.line += 1;
        let line = self.line;
        if text.trim_ascii().is_empty() {
            return Ok(None);
        }
        let parsed = match serde_json::from_slice(text) {
            Ok(parsed) => parsed,
            Err(_) if self.header.is_none() => return Err(ExportError::NoHeader { line }),
            Err(_) if !text.ends_with(b"\n") => {
                self.ending.torn_line = Some(line);
                return Ok(None);
            }
            Err(error) => return Err(ExportError::Broken { line, reason: reason_in_line(&error) }),
        };
        match parsed {
            Line::Export(header) => self.begin(header).map(|()| None),
            _ if self.header.is_none() => Err(ExportError::NoHeader { line }),
            _ if self.ending.complete => Err(ExportError::AfterEnd { line }),
            Line::Message(exported) => {
                self.ending.messages += 1;
                checked(exported, line).map(Some)
            }
            Line::End(End { messages }) if messages == self.ending.messages => {
                self.ending.complete = true;
                Ok(None)
            }
            Line::End(End { messages }) => {
                Err(ExportError::Count { line, said: messages, found: self.ending.messages })
            }
        }
    }

    /// Counts blank lines that were skipped without a call of [`ExportReader::line`].
    pub fn blank(&mut self, lines: u64) {
        self.line += lines;
    }

    fn begin(&mut self, header: ExportHeader) -> Result<(), ExportError> {
        if self.header.is_some() {
            return Err(ExportError::Joined { line: self.line });
        }
        if header.version != VERSION {
            return Err(ExportError::Version { found: header.version, recoctl: header.recoctl });
        }
        self.header = Some(header);
        Ok(())
    }

    /// Returns the header, once it has been read.
    #[must_use]
    pub const fn header(&self) -> Option<&ExportHeader> {
        self.header.as_ref()
    }

    /// Returns the number of the last line read.
    #[must_use]
    pub const fn line_number(&self) -> u64 {
        self.line
    }

    /// Returns the header and the state at the end of the file.
    ///
    /// # Errors
    /// [`ExportError::NoHeader`] if the file has no header.
    pub fn finish(self) -> Result<(ExportHeader, ExportEnd), ExportError> {
        let line = self.line.max(1);
        let header = self.header.ok_or(ExportError::NoHeader { line })?;
        Ok((header, self.ending))
    }
}

/// Checks a line's digests, if present, against its content, and returns the message.
fn checked(exported: Exported<'_>, line: u64) -> Result<Message, ExportError> {
    let message = Message {
        id: exported.id.into_owned(),
        receipt_handle: String::new(),
        body: exported.body.into_owned(),
        attributes: exported.attributes.into_owned(),
        system: exported.system.into_owned(),
    };
    let found = [
        ("body", exported.md5_of_body, Some(md5_of_body(&message.body))),
        ("attributes", exported.md5_of_attributes, md5_of_attributes(&message.attributes)),
    ];
    for (part, said, found) in found {
        if let Some(said) = said
            && found.as_deref() != Some(said.as_str())
        {
            let found = found.unwrap_or_else(|| "none".to_owned());
            return Err(ExportError::Changed { line, message_id: message.id, part, found, said });
        }
    }
    Ok(message)
}
