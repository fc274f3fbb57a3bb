//! Ids and recommendations: the two things every message, line and item is made of.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A user or article id: a JSON integer or a JSON string, kept exactly as it came.
///
/// Two ids are equal when they are written with the same text: `7` and `"7"` name the same user
/// in a table, so they must collide when batches are made unique; `"07"` stays another id.
#[derive(Debug, Clone)]
pub enum Id {
    /// A JSON integer, exact over the whole 64-bit range (signed and unsigned).
    Int(i128),
    /// A JSON string, byte for byte.
    Str(Box<str>),
}

impl Id {
    /// The id's text, as it is written into a DynamoDB `N` or `S` attribute and into SQL.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Id::Int(number) => Cow::Owned(number.to_string()),
            Id::Str(text) => Cow::Borrowed(text),
        }
    }

    /// The id as a whole number, when its text is a canonical decimal integer of at most 38
    /// digits (AWS: a DynamoDB number has up to 38 digits of precision).
    #[must_use]
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Id::Int(number) => Some(*number),
            Id::Str(text) => canonical_integer(text),
        }
    }

    /// The length of [`Id::text`] in UTF-8 bytes, without building it.
    #[must_use]
    pub fn text_len(&self) -> usize {
        match self {
            Id::Int(number) => {
                // Arithmetic on 64 bits is several times faster, and ids fit.
                let magnitude = number.unsigned_abs();
                let log = match u64::try_from(magnitude) {
                    Ok(magnitude) => magnitude.checked_ilog10(),
                    Err(_) => magnitude.checked_ilog10(),
                };
                log.unwrap_or(0) as usize + 1 + usize::from(*number < 0)
            }
            Id::Str(text) => text.len(),
        }
    }
}

/// Parses `-?(0|[1-9][0-9]{0,37})`; anything else (leading zeros, `-0`, signs, spaces) is no
/// canonical integer and would not survive a round trip through a number attribute.
fn canonical_integer(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = match digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.len() < 38 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    match (canonical, text.len()) {
        (false, _) => None,
        // 18 digits fit 64 bits, where parsing is several times faster.
        (true, ..=18) => text.parse::<i64>().ok().map(i128::from),
        (true, _) => text.parse().ok(),
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Id::Int(a), Id::Int(b)) => a == b,
            (Id::Str(a), Id::Str(b)) => a == b,
            (Id::Int(number), Id::Str(text)) | (Id::Str(text), Id::Int(number)) => {
                canonical_integer(text) == Some(*number)
            }
        }
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.as_integer() {
            Some(number) => number.hash(state),
            None => self.text().hash(state),
        }
    }
}

impl From<i64> for Id {
    fn from(number: i64) -> Self {
        Id::Int(number.into())
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Id::Int(number.into())
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Id::Str(text.into())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Id::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(signed), _) => serializer.serialize_i64(signed),
                (_, Ok(unsigned)) => serializer.serialize_u64(unsigned),
                _ => serializer.serialize_i128(*number),
            },
            Id::Str(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id: an integer of at most 64 bits or a non-empty string")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Id, E> {
        Ok(Id::Int(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id::Int(number.into()))
    }

    // serde_json hands integers past 64 bits over as rounded floats: refused, because an id that
    // is not exact names somebody else.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Id, E> {
        Err(E::invalid_value(de::Unexpected::Float(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        if text.is_empty() {
            return Err(E::invalid_value(de::Unexpected::Str(text), &self));
        }
        Ok(Id::Str(text.into()))
    }
}

/// One user's ranked list: the unit that is filtered, sized and written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recommendation {
    /// Whose list it is.
    pub user: Id,
    /// Recommended article ids, best first. Rank order is meaning: never sorted, never a set.
    pub articles: Vec<Id>,
    /// When the list was inferred, in seconds since the epoch, where the producer said so.
    pub generated_at: Option<i64>,
}
