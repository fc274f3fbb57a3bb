//! Deserialisation of id lists.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::Id;

/// Initial capacity of a list: JSON does not tell its length in advance, and growing from empty to
/// 100 ids would move them five times.
const ROOM: usize = 128;

/// A list of ids, deserialised like `Vec<Id>` but with fewer reallocations.
pub(super) struct Ids(pub(super) Vec<Id>);

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(IdsVisitor).map(Ids)
    }
}

struct IdsVisitor;

impl<'de> Visitor<'de> for IdsVisitor {
    type Value = Vec<Id>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Id>, A::Error> {
        let mut ids = Vec::with_capacity(ROOM);
        while let Some(id) = list.next_element()? {
            ids.push(id);
        }
        if ids.len() < ids.capacity() / 2 {
            ids.shrink_to_fit();
        }
        Ok(ids)
    }
}
