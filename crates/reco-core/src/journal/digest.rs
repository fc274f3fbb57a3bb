//! Digests that identify a message when it comes back with another id.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::message::{Attribute, AttributeValue};

/// SHA-256 of a body and its user attributes. System attributes are excluded, since each queue sets
/// its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest of a message with this body and these attributes. Each part is
    /// length-prefixed, so that different contents never hash the same bytes.
    #[must_use]
    pub fn of(body: &str, attributes: &BTreeMap<String, Attribute>) -> Self {
        let mut sha = Sha256::new();
        let mut part = |bytes: &[u8]| {
            sha.update((bytes.len() as u64).to_be_bytes());
            sha.update(bytes);
        };
        part(body.as_bytes());
        for (name, attribute) in attributes {
            part(name.as_bytes());
            part(attribute.data_type.as_bytes());
            part(match attribute.value {
                AttributeValue::Text(_) => b"text",
                AttributeValue::Binary(_) => b"binary",
            });
            part(attribute.value.bytes());
        }
        Self(sha.finalize().into())
    }

    /// Returns its first 128 bits, enough to recognise a message by.
    pub(crate) fn short(&self) -> [u8; 16] {
        std::array::from_fn(|at| self.0[at])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_hex(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a digest is 64 hexadecimal digits"))
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = text.as_bytes();
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    let value =
        |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = *pair else { return None };
        *byte = value(high)? << 4 | value(low)?;
    }
    Some(bytes)
}
