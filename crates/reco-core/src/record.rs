//! Ids and recommendations, the content of every message, line and item.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};

use arcstr::ArcStr;
use foldhash::fast::RandomState;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Time;

/// A user or article id: a JSON integer or a JSON string, kept exactly as it came.
///
/// Two ids are equal if their text is the same: `7` and `"7"` are the same user in a table, so a
/// batch must not contain both; `"07"` is a different id.
#[derive(Debug, Clone)]
pub enum Id {
    /// A JSON integer that fits an `i64`, as nearly every id does.
    Int(i64),
    /// A JSON integer that fits only a `u64`.
    Uint(u64),
    /// A JSON string, byte for byte.
    Str(ArcStr),
}

/// A set of ids. The hash is fast rather than cryptographic; its random seed prevents deliberate
/// collisions.
pub type IdSet = HashSet<Id, RandomState>;

/// A map by id, hashed as [`IdSet`].
pub type IdMap<V> = HashMap<Id, V, RandomState>;

impl Id {
    /// Returns the id's text, as written into a DynamoDB `N` or `S` attribute and into SQL.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Id::Int(number) => Cow::Owned(number.to_string()),
            Id::Uint(number) => Cow::Owned(number.to_string()),
            Id::Str(text) => Cow::Borrowed(text),
        }
    }

    /// Returns the id as an integer, if its text is a canonical decimal integer of at most 38
    /// digits (AWS: a DynamoDB number has up to 38 digits of precision).
    #[must_use]
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Id::Int(number) => Some((*number).into()),
            Id::Uint(number) => Some((*number).into()),
            Id::Str(text) => canonical_integer(text),
        }
    }

    /// Returns the length of [`Id::text`] in UTF-8 bytes, without building it.
    #[must_use]
    pub fn text_len(&self) -> usize {
        match self {
            Id::Int(number) => digits(number.unsigned_abs()) + usize::from(*number < 0),
            Id::Uint(number) => digits(*number),
            Id::Str(text) => text.len(),
        }
    }
}

/// Returns the number of decimal digits of a number.
pub(crate) fn digits(number: u64) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}

/// Parses `-?(0|[1-9][0-9]{0,37})`; anything else (leading zeros, `-0`, signs, spaces) would not
/// survive a round trip through a number attribute.
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
            _ => self.as_integer().is_some_and(|number| other.as_integer() == Some(number)),
        }
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let integer = match self {
            Id::Int(number) => return number.hash(state),
            _ => self.as_integer(),
        };
        // Equal ids hash alike, whatever their variant.
        match integer.map(i64::try_from) {
            Some(Ok(number)) => number.hash(state),
            Some(Err(_)) => integer.hash(state),
            None => self.text().hash(state),
        }
    }
}

impl From<i64> for Id {
    fn from(number: i64) -> Self {
        Id::Int(number)
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or(Id::Uint(number), Id::Int)
    }
}

impl From<i128> for Id {
    /// Beyond 64 bits, the number is kept as text, which is the same id.
    fn from(number: i128) -> Self {
        match (i64::try_from(number), u64::try_from(number)) {
            (Ok(number), _) => Id::Int(number),
            (_, Ok(number)) => Id::Uint(number),
            _ => Id::Str(number.to_string().into()),
        }
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
            Id::Int(number) => serializer.serialize_i64(*number),
            Id::Uint(number) => serializer.serialize_u64(*number),
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
        Ok(Id::from(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id::from(number))
    }

    // serde_json passes integers beyond 64 bits as rounded floats. These are rejected: a rounded id
    // belongs to another user.
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
    /// User of the list.
    pub user: Id,
    /// Recommended article ids, best first. Rank order matters: never sort them or make them a set.
    pub articles: Vec<Id>,
    /// When the list was generated, if the producer says so.
    pub generated_at: Option<Time>,
}
