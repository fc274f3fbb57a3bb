//! Descriptions of foreign objects.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fault::clip;
use crate::words::amount;

/// Maximum number of keys to show.
const SHOWN_KEYS: usize = 5;

/// Describes an unknown object by its first keys, which show the operator where it comes from.
pub(super) fn describe(text: &str) -> String {
    let Ok(Keys { first, more }) = serde_json::from_str(text) else {
        return "an object".to_owned();
    };
    match (first.is_empty(), more) {
        (true, _) => "an empty object".to_owned(),
        (false, 0) => format!("an object with {}", first.join(", ")),
        (false, _) => {
            let more = amount(more, "more key");
            format!("an object with {} and {more}", first.join(", "))
        }
    }
}

/// An object's first keys, quoted, and the number of further keys.
struct Keys {
    first: Vec<String>,
    more: usize,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Keys { first: Vec::new(), more: 0 };
        while let Some((key, IgnoredAny)) = map.next_entry::<String, _>()? {
            if keys.first.len() < SHOWN_KEYS {
                keys.first.push(format!("{:?}", clip(&key)));
            } else {
                keys.more += 1;
            }
        }
        Ok(keys)
    }
}
