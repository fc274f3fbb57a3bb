//! Faults of the data: why a line or an entry of it is rejected.

use reco_core::compose::ComposeError;
use reco_core::decode::{BadEntry, DecodeError};
use reco_core::item::ItemError;

use super::lines::MAX_LINE;
use reco_core::clip::clip;
use reco_core::shapes::ShapeError;

/// Reason why something is rejected, as reports count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Not JSON, or one of our shapes with the wrong types.
    Malformed,
    /// Sound JSON, but not ours.
    Foreign,
    /// Not UTF-8.
    NotUtf8,
    /// The line is longer than what is read into memory.
    LineTooLong,
    /// The input broke off in the line.
    CutOff,
    /// One entry of a message does not decode.
    BadEntry,
    /// The table's key is a number and the user id is none, or an article id likewise.
    WrongType,
    /// The user id is longer than a key may be.
    KeyTooLong,
    /// The item is over 400 KB.
    Oversize,
    /// Nobody says when the list was made, and only what is newer may be replaced.
    Undated,
    /// No queue message can carry it.
    Unsendable,
    /// Only the table itself can be told to delete.
    DeleteElsewhere,
    /// Whoever made the list reports that it failed.
    Reported,
    /// The expression of `--map` fails on the line.
    Unmapped,
    /// It was not taken by where it was to go.
    NotWritten,
}

/// Characters of a detail at most: a screenful.
const DETAIL_CHARS: usize = 1000;

impl Reason {
    /// The name used in tables, JSON and rejects.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Malformed => "malformed",
            Reason::Foreign => "foreign",
            Reason::NotUtf8 => "not-utf8",
            Reason::LineTooLong => "line-too-long",
            Reason::CutOff => "cut-off",
            Reason::BadEntry => "bad-entry",
            Reason::WrongType => "wrong-type",
            Reason::KeyTooLong => "key-too-long",
            Reason::Oversize => "oversize",
            Reason::Undated => "undated",
            Reason::Unsendable => "unsendable",
            Reason::DeleteElsewhere => "delete-elsewhere",
            Reason::Reported => "reported-error",
            Reason::Unmapped => "map-failed",
            Reason::NotWritten => "not-written",
        }
    }
}

/// A reason in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub reason: Reason,
    /// Description of the fault with its position.
    pub detail: String,
    /// The faulty entry's own text, where the line holds more than it.
    pub text: Option<String>,
}

impl Fault {
    fn new(reason: Reason, detail: String) -> Self {
        let detail = clip(&detail, DETAIL_CHARS).into_owned();
        Fault { reason, detail, text: None }
    }

    /// A line on which the expression of `--map` fails.
    pub fn unmapped(error: &str) -> Self {
        Fault::new(Reason::Unmapped, format!("--map failed: {error}"))
    }

    /// Returns the fault of an entry that the destination did not accept.
    pub fn not_written(detail: String, text: Option<String>) -> Self {
        Fault { text, ..Fault::new(Reason::NotWritten, detail) }
    }

    /// A line that is no UTF-8 from a byte on.
    pub fn not_utf8(offset: usize) -> Self {
        Fault::new(Reason::NotUtf8, format!("not UTF-8 at byte {offset} of the line"))
    }

    /// A line that was not kept.
    pub fn line_too_long(bytes: u64) -> Self {
        let detail = format!("line is {bytes} bytes; the maximum is {MAX_LINE}");
        Fault::new(Reason::LineTooLong, detail)
    }

    /// An entry of unknown time where times decide.
    pub fn undated() -> Self {
        let detail = "no `generated_at`, which --if-newer requires; --generated-at sets it for lines without one";
        Fault::new(Reason::Undated, detail.to_owned())
    }

    /// A deletion on its way to where none can be told.
    pub fn delete_elsewhere(place: &str) -> Self {
        let detail = format!(
            "{place} cannot express a deletion; only a backfill straight into the table can"
        );
        Fault::new(Reason::DeleteElsewhere, detail)
    }

    /// A line that its input broke off in.
    pub fn cut_off() -> Self {
        Fault::new(Reason::CutOff, "the input ends in the middle of this line".to_owned())
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        let reason = match &error {
            DecodeError::Malformed { .. } => Reason::Malformed,
            DecodeError::Foreign { .. } => Reason::Foreign,
        };
        Fault::new(reason, error.to_string())
    }
}

impl From<BadEntry> for Fault {
    fn from(bad: BadEntry) -> Self {
        let detail = bad.to_string();
        Fault { text: Some(bad.alone()), ..Fault::new(Reason::BadEntry, detail) }
    }
}

impl From<ShapeError> for Fault {
    fn from(error: ShapeError) -> Self {
        match error {
            ShapeError::Decode(error) => error.into(),
            reported @ ShapeError::Reported { .. } => {
                Fault::new(Reason::Reported, reported.to_string())
            }
        }
    }
}

impl From<ComposeError> for Fault {
    fn from(error: ComposeError) -> Self {
        Fault::new(Reason::Unsendable, error.to_string())
    }
}

impl From<ItemError> for Fault {
    fn from(error: ItemError) -> Self {
        let reason = match &error {
            ItemError::KeyNotNumeric(_)
            | ItemError::SortKeyNotNumeric(_)
            | ItemError::ArticleNotNumeric { .. } => Reason::WrongType,
            ItemError::KeyTooLong { .. } | ItemError::SortKeyTooLong { .. } => Reason::KeyTooLong,
            ItemError::TooLarge { .. } => Reason::Oversize,
        };
        Fault::new(reason, error.to_string())
    }
}
