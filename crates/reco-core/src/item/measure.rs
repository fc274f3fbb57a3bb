//! Size of an item: in the table, by the documented rules, and in the body of a request.

use super::{Attribute, Constant, KeyPart, KeyType, Schema};
use crate::record::digits;
use crate::{Id, Recommendation, Time};

/// JSON around the attributes of an item in a `BatchWriteItem` body.
const PUT: &str = r#"{"PutRequest":{"Item":{}}}"#;

/// JSON around the key of a deleted item.
const DELETE: &str = r#"{"DeleteRequest":{"Key":{}}}"#;

/// JSON around the elements of a list.
const LIST: &str = r#"{"L":[]}"#;

/// JSON around a scalar's text.
const SCALAR: &str = r#"{"N":""}"#;

/// Bytes in the table and in a request. Pieces add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// AWS: "DynamoDB item sizes and formats".
    pub stored: usize,
    /// As JSON.
    pub wire: usize,
}

impl Size {
    fn add(&mut self, stored: usize, wire: usize) {
        self.stored += stored;
        self.wire += wire;
    }

    /// An attribute's name, and the colon after it.
    fn name(&mut self, name: &str) {
        self.add(name.len(), quoted_len(name) + 1);
    }

    /// A scalar; `Err` where it does not fit the type.
    fn scalar(&mut self, id: &Id, kind: KeyType) -> Result<(), ()> {
        let (stored, text) = match (kind, id) {
            (_, Id::Int(number)) => integer(kind, number.unsigned_abs(), *number < 0),
            (_, Id::Uint(number)) => integer(kind, *number, false),
            (KeyType::N, Id::Str(text)) => {
                (long_size(id.as_integer().ok_or(())?), escaped_len(text))
            }
            (KeyType::S, Id::Str(text)) => (text.len(), escaped_len(text)),
        };
        self.add(stored, SCALAR.len() + text);
        Ok(())
    }

    fn constant(&mut self, Attribute { name, value }: &Attribute) {
        self.name(name);
        self.add(value.size(), SCALAR.len() + escaped_len(value.text()));
    }

    /// The attributes of a key, with commas between.
    fn key(&mut self, schema: &Schema, user: &Id) -> Result<(), Misfit> {
        if !schema.is_shared() {
            self.name(&schema.user_attr);
            return self.scalar(user, schema.key_type).map_err(|()| Misfit::Key);
        }
        for (index, KeyPart { name, kind, text }) in schema.key_of(user).enumerate() {
            self.add(0, usize::from(index > 0));
            self.name(name);
            self.scalar(&Id::from(text.as_str()), kind).map_err(|()| Misfit::Key)?;
        }
        Ok(())
    }

    fn time(&mut self, schema: &Schema, time: Time) {
        self.name(&schema.generated_at_attr);
        let text = schema.time_form.text(time);
        let wire = SCALAR.len() + text.len();
        let value = match schema.time_form.kind() {
            KeyType::N => Constant::N(text),
            KeyType::S => Constant::S(text),
        };
        self.add(value.size(), wire);
    }
}

/// Reason why an item has no size.
pub(super) enum Misfit {
    /// The user's id is no number and must be one.
    Key,
    /// The same of an article's, at this index of the list.
    Article(usize),
}

impl Schema {
    /// The size of the item that is made of a recommendation. AWS: attribute names in UTF-8 bytes
    /// plus values; a list costs 3 bytes plus its elements plus 1 byte an element.
    pub(super) fn put_size(&self, recommendation: &Recommendation) -> Result<Size, Misfit> {
        let Recommendation { user, articles, generated_at } = recommendation;
        let mut size = Size { stored: 3, wire: PUT.len() + LIST.len() };
        size.key(self, user)?;
        // The comma before the list.
        size.add(0, 1);
        size.name(&self.list_attr);
        for (rank, article) in articles.iter().enumerate() {
            size.scalar(article, self.type_of(article)).map_err(|()| Misfit::Article(rank))?;
        }
        size.add(articles.len(), articles.len().saturating_sub(1));
        if let Some(time) = generated_at {
            size.add(0, 1);
            size.time(self, *time);
        }
        for constant in &self.constants {
            size.add(0, 1);
            size.constant(constant);
        }
        Ok(size)
    }

    /// The size of the key of an item that is removed.
    pub(super) fn delete_size(&self, user: &Id) -> Result<Size, Misfit> {
        let mut size = Size { stored: 0, wire: DELETE.len() };
        size.key(self, user)?;
        Ok(size)
    }
}

/// An integer's size in the table, and the length of its text.
fn integer(kind: KeyType, magnitude: u64, negative: bool) -> (usize, usize) {
    let digits = digits(magnitude);
    let text = digits + usize::from(negative);
    let stored = match kind {
        KeyType::N => number_size(magnitude, digits, negative),
        KeyType::S => text,
    };
    (stored, text)
}

/// A number costs about one byte for two significant digits plus one byte; a negative one costs
/// one more. Leading and trailing zeros do not count.
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

/// The same of what may be longer. Division on 64 bits is several times faster, and ids fit.
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

/// A text's length between its quotes, where only what JSON demands is escaped.
fn escaped_len(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | 0x08 | 0x09 | 0x0a | 0x0c | 0x0d => 2,
            0..0x20 => 6,
            _ => 1,
        })
        .sum()
}
