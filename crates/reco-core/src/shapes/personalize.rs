//! Output of an Amazon Personalize batch inference job, one line per user.
//!
//! AWS: "Batch inference job output examples" (Amazon Personalize):
//! `{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","115149"],"scores":[...]},
//! "error":null}`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ShapeError, malformed};
use crate::clip::clip;
use crate::decode::{DecodeError, Decoded, decode, present};

/// Maximum characters of an error to show.
const SHOWN_CHARS: usize = 400;

/// A line of such an output.
#[derive(Deserialize)]
pub struct Line<'a> {
    #[serde(borrow)]
    input: Input<'a>,
    #[serde(borrow, default)]
    output: Option<Output<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Input<'a> {
    #[serde(borrow, default, rename = "userId", deserialize_with = "present")]
    user: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow, default, rename = "recommendedItems", deserialize_with = "present")]
    items: Option<&'a RawValue>,
}

/// Parses a line; `None` if it has another shape.
pub fn line(text: &str) -> Option<Line<'_>> {
    if !text.contains("\"input\"") {
        return None;
    }
    let line: Line<'_> = serde_json::from_str(text).ok()?;
    let ours = line.output.as_ref().is_some_and(|output| output.items.is_some());
    let failed = line.error.is_some_and(|error| error.get() != "null");
    (ours || failed).then_some(line)
}

impl Line<'_> {
    pub fn read(self, text: &str) -> Result<Decoded, ShapeError> {
        if let Some(error) = self.error.map(RawValue::get).filter(|error| *error != "null") {
            let words = serde_json::from_str::<String>(error).unwrap_or_else(|_| error.to_owned());
            return Err(ShapeError::Reported {
                service: "Amazon Personalize",
                error: clip(&words, SHOWN_CHARS).into_owned(),
            });
        }
        let user = self.input.user.map(RawValue::get);
        let (Some(user), Some(items)) = (user, self.output.and_then(|output| output.items)) else {
            let reason = "Amazon Personalize output without a `userId`";
            return Err(malformed(text, reason).into());
        };
        // Converted to a pair, so that ids are read by the same rules.
        let plain = format!("[{user},{}]", items.get());
        decode(&plain).map_err(|error| match error {
            DecodeError::Malformed { reason, .. } => malformed(text, reason).into(),
            foreign @ DecodeError::Foreign { .. } => foreign.into(),
        })
    }
}
