//! Size of an item: in the table, by the documented rules, and in the body of a request.

use super::{Attributes, Constant, KeyType, Schema};
use crate::record::digits;
use crate::{Id, Recommendation};

/// JSON around the attributes of an item in a `BatchWriteItem` body.
const PUT: &str = r#"{"PutRequest":{"Item":{}}}"#;

/// JSON around the key of a deleted item.
const DELETE: &str = r#"{"DeleteRequest":{"Key":{}}}"#;

/// JSON around the elements of a list.
const LIST: &str = r#"{"L":[]}"#;

/// JSON around a scalar's text.
const SCALAR: &str = r#"{"N":""}"#;

/// Size in bytes, in the table and in a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// Bytes in the table (AWS: "DynamoDB item sizes and formats").
    pub stored: usize,
    /// Bytes of JSON in a request.
    pub wire: usize,
}

impl Size {
    fn add(&mut self, stored: usize, wire: usize) {
        self.stored += stored;
        self.wire += wire;
    }
}

/// Adds up the sizes of an item's attributes.
#[derive(Debug, Default)]
struct Measure {
    size: Size,
    /// True if the next attribute needs a comma before it.
    has_any: bool,
}

impl Measure {
    /// Adds an attribute's name, the colon after it and the comma before it.
    fn name(&mut self, name: &str) {
        self.size.add(name.len(), quoted_len(name) + 1 + usize::from(self.has_any));
        self.has_any = true;
    }

    /// Adds an id as a scalar; `Err` if it does not fit the type.
    fn value(&mut self, id: &Id, kind: KeyType) -> Result<(), ()> {
        let (stored, text) = match (kind, id) {
            (_, Id::Int(number)) => integer(kind, number.unsigned_abs(), *number < 0),
            (_, Id::Uint(number)) => integer(kind, *number, false),
            (KeyType::N, Id::Str(text)) => {
                (long_size(id.as_integer().ok_or(())?), escaped_len(text))
            }
            (KeyType::S, Id::Str(text)) => (text.len(), escaped_len(text)),
        };
        self.size.add(stored, SCALAR.len() + text);
        Ok(())
    }
}

/// AWS: attribute names in UTF-8 bytes plus values; a list costs 3 bytes plus its elements plus 1
/// byte per element.
impl Attributes for Measure {
    type Error = Misfit;

    fn id(&mut self, name: &str, id: &Id, kind: KeyType) -> Result<(), Misfit> {
        self.name(name);
        self.value(id, kind).map_err(|()| Misfit::Key)
    }

    fn list(
        &mut self,
        name: &str,
        ids: &[Id],
        type_of: impl Fn(&Id) -> KeyType,
    ) -> Result<(), Misfit> {
        self.name(name);
        self.size.add(3 + ids.len(), LIST.len() + ids.len().saturating_sub(1));
        for (rank, id) in ids.iter().enumerate() {
            self.value(id, type_of(id)).map_err(|()| Misfit::Article(rank))?;
        }
        Ok(())
    }

    fn scalar(&mut self, name: &str, value: &Constant) -> Result<(), Misfit> {
        self.name(name);
        self.size.add(value.size(), SCALAR.len() + escaped_len(value.text()));
        Ok(())
    }
}

/// Reason why an item cannot be sized.
pub(super) enum Misfit {
    /// The user id must be a number and is not.
    Key,
    /// The article id at this index of the list must be a number and is not.
    Article(usize),
}

impl Schema {
    /// Returns the size of a recommendation's item.
    pub(super) fn put_size(&self, recommendation: &Recommendation) -> Result<Size, Misfit> {
        let mut measure = Measure::default();
        measure.size.wire = PUT.len();
        self.describe(recommendation, |id| self.type_of(id), &mut measure)?;
        Ok(measure.size)
    }

    /// Returns the size of a deleted item's key.
    pub(super) fn delete_size(&self, user: &Id) -> Result<Size, Misfit> {
        let mut measure = Measure::default();
        measure.size.wire = DELETE.len();
        self.describe_key(user, &mut measure)?;
        Ok(measure.size)
    }
}

/// Returns an integer's size in the table, and the length of its text.
fn integer(kind: KeyType, magnitude: u64, negative: bool) -> (usize, usize) {
    let digits = digits(magnitude);
    let text = digits + usize::from(negative);
    let stored = match kind {
        KeyType::N => number_size(magnitude, digits, negative),
        KeyType::S => text,
    };
    (stored, text)
}

/// Returns the size of a number: about one byte for two significant digits plus one byte, and one
/// more if negative. Leading and trailing zeros do not count.
fn number_size(mut magnitude: u64, mut digits: usize, negative: bool) -> usize {
    if magnitude == 0 {
        return 1;
    }
    while magnitude.is_multiple_of(10) {
        magnitude /= 10;
        digits -= 1;
    }
    digits.div_ceil(2) + 1 + usize::from(negative)
}

/// Returns the size of a number that may exceed 64 bits. Division on 64 bits is several times
/// faster, and ids fit.
fn long_size(number: i128) -> usize {
    let mut magnitude = number.unsigned_abs();
    while magnitude > u128::from(u64::MAX) && magnitude.is_multiple_of(10) {
        magnitude /= 10;
    }
    match u64::try_from(magnitude) {
        Ok(magnitude) => number_size(magnitude, digits(magnitude), number < 0),
        Err(_) => {
            let digits = magnitude.ilog10() as usize + 1;
            digits.div_ceil(2) + 1 + usize::from(number < 0)
        }
    }
}

fn quoted_len(text: &str) -> usize {
    escaped_len(text) + 2
}

/// Returns a text's length between its quotes, with only the escapes that JSON requires.
fn escaped_len(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | 0x08 | 0x09 | 0x0a | 0x0c | 0x0d => 2,
            0..0x20 => 6,
            _ => 1,
        })
        .sum()
}
