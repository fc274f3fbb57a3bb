//! Data faults: reasons to reject a line or an entry.

use reco_core::compose::ComposeError;
use reco_core::decode::{BadEntry, DecodeError};
use reco_core::item::ItemError;

use super::lines::MAX_LINE;
use reco_core::clip::clip;
use reco_core::shapes::ShapeError;

/// Kind of fault, as reports count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum FaultReason {
    /// Invalid JSON, or a known shape with wrong types.
    Malformed,
    /// Valid JSON of an unknown shape.
    Foreign,
    /// Line that is not UTF-8.
    #[strum(serialize = "not-utf8")]
    NotUtf8,
    /// Line longer than the maximum that is read into memory.
    LineTooLong,
    /// Line in which the input broke off.
    CutOff,
    /// Entry of a message that does not decode.
    BadEntry,
    /// Id that does not fit a numeric key or list of the table.
    WrongType,
    /// Key longer than DynamoDB allows.
    KeyTooLong,
    /// Item over 400 KB.
    Oversize,
    /// List without a generation time, although only older items may be replaced.
    Undated,
    /// List that does not fit into a queue message.
    Unsendable,
    /// Removal that the destination cannot express; only the table supports it.
    DeleteElsewhere,
    /// Error record from the producer of the list.
    #[strum(serialize = "reported-error")]
    Reported,
    /// Line on which the `--map` expression fails.
    #[strum(serialize = "map-failed")]
    Unmapped,
    /// Entry that the destination did not accept.
    NotWritten,
}

/// Maximum characters of a detail, about a screenful.
const DETAIL_CHARS: usize = 1000;

impl FaultReason {
    /// Returns the name used in tables, JSON and rejects.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Fault with its details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Kind of fault.
    pub reason: FaultReason,
    /// Description of the fault with its position.
    pub detail: String,
    /// Text of the faulty entry, if the line has other entries.
    pub text: Option<String>,
}

impl Fault {
    fn new(reason: FaultReason, detail: String) -> Self {
        let detail = clip(&detail, DETAIL_CHARS).into_owned();
        Fault { reason, detail, text: None }
    }

    /// Returns the fault of a line on which the `--map` expression fails.
    pub fn unmapped(error: &str) -> Self {
        Fault::new(FaultReason::Unmapped, format!("--map failed: {error}"))
    }

    /// Returns the fault of an entry that the destination did not accept.
    pub fn not_written(detail: String, text: Option<String>) -> Self {
        Fault { text, ..Fault::new(FaultReason::NotWritten, detail) }
    }

    /// Returns the fault of a line that stops being UTF-8 at a byte offset.
    pub fn not_utf8(offset: usize) -> Self {
        Fault::new(FaultReason::NotUtf8, format!("not UTF-8 at byte {offset} of the line"))
    }

    /// Returns the fault of a line that was too long to keep.
    pub fn line_too_long(bytes: u64) -> Self {
        let detail = format!("line is {bytes} bytes; the maximum is {MAX_LINE}");
        Fault::new(FaultReason::LineTooLong, detail)
    }

    /// Returns the fault of an undated entry where generation times decide.
    pub fn undated() -> Self {
        let detail = "no `generated_at`, which --if-newer requires; --generated-at sets it for lines without one";
        Fault::new(FaultReason::Undated, detail.to_owned())
    }

    /// Returns the fault of a removal that the destination cannot express.
    pub fn delete_elsewhere(place: &str) -> Self {
        let detail = format!(
            "{place} cannot express a deletion; only a backfill straight into the table can"
        );
        Fault::new(FaultReason::DeleteElsewhere, detail)
    }

    /// Returns the fault of a line of an export that cannot be used.
    pub fn exported(detail: String) -> Self {
        Fault::new(FaultReason::Malformed, detail)
    }

    /// Names the message of an export that the fault is in.
    #[must_use]
    pub fn in_message(mut self, id: Option<&str>) -> Self {
        if let Some(id) = id {
            self.detail = format!("message {}: {}", reco_core::clip::clip_id(id), self.detail);
        }
        self
    }

    /// Returns the fault of a line in which the input broke off.
    pub fn cut_off() -> Self {
        Fault::new(FaultReason::CutOff, "the input ends in the middle of this line".to_owned())
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        let reason = match &error {
            DecodeError::Malformed { .. } => FaultReason::Malformed,
            DecodeError::Foreign { .. } => FaultReason::Foreign,
        };
        Fault::new(reason, error.to_string())
    }
}

impl From<BadEntry> for Fault {
    fn from(bad: BadEntry) -> Self {
        let detail = bad.to_string();
        Fault { text: Some(bad.alone()), ..Fault::new(FaultReason::BadEntry, detail) }
    }
}

impl From<ShapeError> for Fault {
    fn from(error: ShapeError) -> Self {
        match error {
            ShapeError::Decode(error) => error.into(),
            reported @ ShapeError::Reported { .. } => {
                Fault::new(FaultReason::Reported, reported.to_string())
            }
        }
    }
}

impl From<ComposeError> for Fault {
    fn from(error: ComposeError) -> Self {
        Fault::new(FaultReason::Unsendable, error.to_string())
    }
}

impl From<ItemError> for Fault {
    fn from(error: ItemError) -> Self {
        let reason = match &error {
            ItemError::KeyNotNumeric(_)
            | ItemError::SortKeyNotNumeric(_)
            | ItemError::ArticleNotNumeric { .. } => FaultReason::WrongType,
            ItemError::KeyTooLong { .. } | ItemError::SortKeyTooLong { .. } => {
                FaultReason::KeyTooLong
            }
            ItemError::TooLarge { .. } => FaultReason::Oversize,
        };
        Fault::new(reason, error.to_string())
    }
}
