//! The inputs of a run, and places in them by name.

use serde::{Deserialize, Serialize};

use super::lines::Place;
use crate::files::input::{Compression, Source};

/// One input.
#[derive(Debug, Clone, Serialize)]
pub struct InputReport {
    /// Its name; `-` is stdin.
    pub name: String,
    /// Its size as stored, in bytes; `None` for pipes.
    pub bytes: Option<u64>,
    /// Compression.
    pub compression: Compression,
    /// Failure that ended it early, with its position.
    pub failure: Option<InputFailure>,
}

/// An input that broke off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFailure {
    /// The line in which it did, from 1.
    pub line: u64,
    /// Reason.
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

/// A line, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct At {
    /// The input's name.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Byte offset in the decompressed input, from 0.
    pub offset: u64,
}

impl At {
    /// Names a place before there is a report.
    pub fn in_sources(sources: &[Source], at: Place) -> Self {
        let file = sources.get(at.file).map(|source| source.name.clone()).unwrap_or_default();
        At { file, line: at.line, offset: at.offset }
    }

    /// Names a place.
    pub fn new(inputs: &[InputReport], at: Place) -> Self {
        let file = inputs.get(at.file).map(|input| input.name.clone()).unwrap_or_default();
        At { file, line: at.line, offset: at.offset }
    }
}
