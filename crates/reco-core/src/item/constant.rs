//! Attributes that are the same for every item of a run.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::KeyType;

/// DynamoDB keeps 38 significant digits of a number.
/// AWS: "Supported data types and naming rules in Amazon DynamoDB", Number.
const MAX_DIGITS: usize = 38;

/// A scalar attribute's value, by its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Constant {
    /// Number, as decimal text.
    N(String),
    /// String.
    S(String),
}

impl Constant {
    /// Creates a Number of whole seconds.
    #[must_use]
    pub fn seconds(seconds: i64) -> Self {
        Constant::N(seconds.to_string())
    }

    /// Creates a value of the given type.
    #[must_use]
    pub fn typed(kind: KeyType, text: String) -> Self {
        match kind {
            KeyType::N => Constant::N(text),
            KeyType::S => Constant::S(text),
        }
    }

    /// Returns the value's type.
    #[must_use]
    pub fn kind(&self) -> KeyType {
        match self {
            Constant::N(_) => KeyType::N,
            Constant::S(_) => KeyType::S,
        }
    }

    /// Returns the value's text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Constant::N(text) | Constant::S(text) => text,
        }
    }

    /// Returns the size that the value adds to an item, in bytes. AWS: "DynamoDB item sizes and
    /// formats".
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Constant::S(text) => text.len(),
            Constant::N(text) => {
                let digits = significant_digits(text);
                if digits == 0 {
                    return 1;
                }
                digits.div_ceil(2) + 1 + usize::from(text.starts_with('-'))
            }
        }
    }
}

/// An attribute of every item, as written on a command line: `name=value`, `name:N=value` or
/// `name:S=value`.
///
/// Without a type, a value that is a plain decimal number is a Number and everything else a String.
/// Numbers with a leading zero, an exponent or more than 38 digits are not plain: DynamoDB would
/// not return them as given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attribute {
    /// Attribute name.
    pub name: String,
    /// Attribute value.
    pub value: Constant,
}

/// Reason why a text is not a valid attribute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// There is no `=`.
    #[error("expected NAME=VALUE, e.g. model=v7")]
    NoValue,
    /// The name before the `=` is empty.
    #[error("the attribute name is missing: NAME=VALUE")]
    NoName,
    /// The type is Number but the value is not one.
    #[error("{0:?} is not a plain decimal number of at most {MAX_DIGITS} digits")]
    NotNumeric(String),
}

impl FromStr for Attribute {
    type Err = AttributeError;

    fn from_str(text: &str) -> Result<Self, AttributeError> {
        let (left, value) = text.split_once('=').ok_or(AttributeError::NoValue)?;
        let (name, value) = match (left.strip_suffix(":N"), left.strip_suffix(":S")) {
            (Some(_), _) if !is_plain_number(value) => {
                return Err(AttributeError::NotNumeric(value.to_owned()));
            }
            (Some(name), _) => (name, Constant::N(value.to_owned())),
            (_, Some(name)) => (name, Constant::S(value.to_owned())),
            _ if is_plain_number(value) => (left, Constant::N(value.to_owned())),
            _ => (left, Constant::S(value.to_owned())),
        };
        if name.is_empty() {
            return Err(AttributeError::NoName);
        }
        Ok(Attribute { name: name.to_owned(), value })
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.value {
            Constant::N(_) => 'N',
            Constant::S(_) => 'S',
        };
        write!(f, "{}:{kind}={}", self.name, self.value.text())
    }
}

/// Returns whether a text is `-?(0|[1-9][0-9]*)(\.[0-9]+)?` with at most 38 digits, and not `-0`.
fn is_plain_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && whole.len() + fraction.map_or(0, str::len) <= MAX_DIGITS
        && (unsigned.len() == text.len() || significant_digits(text) > 0)
}

/// Returns the number of digits without leading and trailing zeros.
fn significant_digits(text: &str) -> usize {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let first = digits.iter().position(|digit| *digit != b'0');
    let last = digits.iter().rposition(|digit| *digit != b'0');
    first.zip(last).map_or(0, |(first, last)| last - first + 1)
}
