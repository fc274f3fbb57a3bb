//! Inputs of a run, and places in them by name.

use serde::{Deserialize, Serialize};

use super::lines::LineStart;
use crate::files::input::{Compression, Source};

/// Input as shown in reports.
#[derive(Debug, Clone, Serialize)]
pub struct InputReport {
    /// Name as given; `-` is stdin.
    pub name: String,
    /// Stored size in bytes; `None` for pipes.
    pub bytes: Option<u64>,
    /// Detected compression.
    pub compression: Compression,
    /// Failure that ended it early, with its position.
    pub failure: Option<InputFailure>,
}

/// Failure that ended an input early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFailure {
    /// Line in which it broke off, from 1.
    pub line: u64,
    /// Reason for the failure.
    pub reason: String,
}

impl From<&Source> for InputReport {
    fn from(source: &Source) -> Self {
        InputReport {
            name: source.name.clone(),
            bytes: source.bytes,
            compression: source.compression,
            failure: None,
        }
    }
}

/// Place of a line, by input name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct At {
    /// Name of the input.
    pub file: String,
    /// Line number, from 1.
    pub line: u64,
    /// Byte offset in the decompressed input, from 0.
    pub offset: u64,
}

impl At {
    /// Names a place in the input of this name.
    pub fn of(name: Option<&String>, at: LineStart) -> Self {
        At { file: name.cloned().unwrap_or_default(), line: at.line, offset: at.offset }
    }

    /// Names a place in the report's inputs.
    pub fn new(inputs: &[InputReport], at: LineStart) -> Self {
        At::of(inputs.get(at.file).map(|input| &input.name), at)
    }
}
