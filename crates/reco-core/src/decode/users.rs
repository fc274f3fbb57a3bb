//! User ids of a message of any shape, as far as they can be read.
//!
//! A message that does not decode may still name its users: the entries before the place where a
//! body was cut off, an entry whose list is broken, a message that was encoded twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::decode;
use super::envelope::MAX_DEPTH;
use crate::{Id, IdSet};

/// User ids of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Users {
    /// Ids, each once, in the order of the message.
    pub ids: Vec<Id>,
    /// True if every entry names its user, so that no other user can be in the message.
    pub whole: bool,
}

/// Returns the user ids of a message body, in any shape and envelope.
#[must_use]
pub fn users(text: &str) -> Users {
    let mut found = Found::default();
    match decode(text) {
        Ok(decoded) => {
            let sound = decoded.entries.into_iter();
            let sound = sound.map(|entry| (entry.index, Ok(entry.recommendation.user)));
            let bad = decoded.bad.into_iter().map(|bad| (bad.index, Err(bad.text)));
            let mut entries: Vec<_> = sound.chain(bad).collect();
            entries.sort_by_key(|(index, _)| *index);
            for (_, entry) in entries {
                match entry {
                    Ok(user) => found.ids.push(user),
                    Err(text) => found.read(&text, 0),
                }
            }
        }
        Err(_) => found.read(text, 0),
    }
    let Found { ids, unread, .. } = found;
    let mut seen = IdSet::default();
    let ids = ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
    Users { ids, whole: !unread }
}

/// Ids found so far.
#[derive(Default)]
struct Found {
    ids: Vec<Id>,
    /// Set when a part names no user that can be read.
    unread: bool,
    /// Set when the first element of a list was a list itself.
    nested: bool,
}

impl Found {
    /// Reads a text that did not decode, up to its first fault.
    fn read(&mut self, text: &str, depth: usize) {
        let before = self.ids.len();
        let mut json = serde_json::Deserializer::from_str(text);
        let read = Walk { found: self, depth, place: Place::Top }.deserialize(&mut json);
        if read.is_err() && self.ids.len() > before && ends_in(text, self.ids.last()) {
            self.ids.pop();
        }
        self.unread |= read.is_err() || json.end().is_err() || self.ids.len() == before;
    }
}

/// Returns whether a text ends in this number. Where a text was cut off, it may be the beginning of
/// another user's id.
fn ends_in(text: &str, id: Option<&Id>) -> bool {
    let Some(number @ (Id::Int(_) | Id::Uint(_))) = id else { return false };
    let rest = text.strip_suffix(&*number.text());
    rest.is_some_and(|rest| !rest.ends_with(|c: char| c.is_ascii_digit() || c == '-'))
}

/// Position in a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A whole message: an object, a pair, or a text that contains one.
    Top,
    /// The list of entries or records.
    Entries,
    /// One entry, or one record of an SQS event.
    Entry,
    /// The first element of a list that is a whole message: a user, or an entry.
    First,
    /// The user of an entry.
    User,
}

/// Visitor that collects ids as it goes, so that those before a fault are kept.
struct Walk<'a> {
    found: &'a mut Found,
    depth: usize,
    place: Place,
}

impl Walk<'_> {
    fn at(&mut self, place: Place) -> Walk<'_> {
        Walk { found: self.found, depth: self.depth, place }
    }

    fn scalar(self, id: Option<Id>) {
        match id.filter(|_| matches!(self.place, Place::User | Place::First)) {
            Some(id) => self.found.ids.push(id),
            None => self.found.unread = true,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.scalar(None);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.scalar(None);
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.scalar(None);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.scalar(Some(Id::from(number)));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.scalar(Some(Id::from(number)));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if matches!(self.place, Place::User | Place::First) {
            self.scalar((!text.is_empty()).then(|| Id::from(text)));
        } else if self.depth < MAX_DEPTH {
            self.found.read(text, self.depth + 1);
        } else {
            self.found.unread = true;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        match self.place {
            Place::Entries => while list.next_element_seed(self.at(Place::Entry))?.is_some() {},
            // A pair, or entries without the object around them.
            Place::Top => {
                self.found.nested = false;
                if list.next_element_seed(self.at(Place::First))?.is_none() {
                    self.found.unread = true;
                }
                if std::mem::take(&mut self.found.nested) {
                    while list.next_element_seed(self.at(Place::Entry))?.is_some() {}
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
            }
            Place::Entry => {
                if list.next_element_seed(self.at(Place::User))?.is_none() {
                    self.found.unread = true;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
            }
            Place::First => {
                self.at(Place::Entry).visit_seq(list)?;
                self.found.nested = true;
            }
            Place::User => {
                self.found.unread = true;
                while list.next_element::<IgnoredAny>()?.is_some() {}
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        let before = self.found.ids.len();
        while let Some(key) = object.next_key::<String>()? {
            let place = match (key.as_str(), self.place) {
                ("user_id", Place::Top | Place::Entry) => Place::User,
                ("data", Place::Top) => Place::Entries,
                ("Records", Place::Top) => Place::Entries,
                ("Message" | "detail" | "requestPayload", Place::Top) => Place::Top,
                ("body", Place::Entry) => Place::Top,
                _ => {
                    object.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            object.next_value_seed(self.at(place))?;
        }
        self.found.unread |= self.found.ids.len() == before;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn found(text: &str) -> (Vec<String>, bool) {
        let users = users(text);
        (users.ids.iter().map(ToString::to_string).collect(), users.whole)
    }

    fn all(ids: &[&str]) -> (Vec<String>, bool) {
        (ids.iter().map(|id| (*id).to_owned()).collect(), true)
    }

    fn some(ids: &[&str]) -> (Vec<String>, bool) {
        (all(ids).0, false)
    }

    #[test]
    fn every_shape_and_envelope_names_its_users() {
        let message = r#"{"data":[[7,[1]],["u8",[2]],[7,[3]]]}"#;
        assert_eq!(found(message), all(&["7", "u8"]));
        assert_eq!(found("[7, [1]]"), all(&["7"]));
        assert_eq!(found(r#"{"user_id": "7", "recommended_note_ids": [1]}"#), all(&["7"]));
        assert_eq!(found(r#"{"data":[]}"#), all(&[]));
        for envelope in [
            json!({"Type": "Notification", "Message": message}),
            json!({"detail-type": "x", "detail": serde_json::from_str::<Value>(message).expect("JSON")}),
            json!({"requestPayload": {"Records": [{"body": message}]}}),
        ] {
            assert_eq!(found(&envelope.to_string()), all(&["7", "u8"]), "{envelope}");
        }
    }

    #[test]
    fn broken_messages_name_the_users_that_can_be_read() {
        // Entries whose list is broken; the last names no user.
        assert_eq!(found(r#"{"data":[[7,"x"],[8,[1]],[null,[2]]]}"#), some(&["7", "8"]));
        assert_eq!(found(r#"{"data":[[7,"x"],[8,[1]]]}"#), all(&["7", "8"]));
        // Cut off: what stands before the place.
        assert_eq!(found(r#"{"data":[[7,[1,2]],[8,[1"#), some(&["7", "8"]));
        assert_eq!(found(r#"{"data":[[7,[1,2]],[8,"#), some(&["7", "8"]));
        assert_eq!(found(r#"{"data":[[7,[1,2]],[8"#), some(&["7"]), "it may be 80");
        assert_eq!(found(r#"{"data":[[7,[1,2]],["#), some(&["7"]));
        // Whole messages with a fault, and one that was encoded twice.
        assert_eq!(found(r#"{"user_id": 7, "recommended_note_ids": "x"}"#), all(&["7"]));
        assert_eq!(found(r#"[7, "x"]"#), all(&["7"]));
        assert_eq!(found(r#""{\"data\":[[7,[1]]]}""#), all(&["7"]));
        assert_eq!(found("[[7,[1]],[8,[2]]]"), all(&["7", "8"]));
        let cut = json!({"Type": "Notification", "Message": "{\"data\":[[7,[1"});
        assert_eq!(found(&cut.to_string()), some(&["7"]));
    }

    #[test]
    fn what_is_no_message_names_nobody() {
        for text in ["", "{", "42", "\"x\"", "null", "[]", r#"{"alarm":"disk"}"#, "{\"data\":7}"] {
            assert_eq!(found(text), some(&[]), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(found(&deep), some(&[]));
    }

    proptest! {
        #[test]
        fn every_user_of_a_sound_message_is_found(users in prop::collection::vec(any::<u32>(), 0..20)) {
            let data: Vec<_> = users.iter().map(|user| json!([user, [1]])).collect();
            let named = super::users(&json!({ "data": data }).to_string());
            prop_assert!(named.whole);
            for user in &users {
                prop_assert!(named.ids.contains(&Id::from(u64::from(*user))));
            }
            let different: std::collections::BTreeSet<_> = users.iter().collect();
            prop_assert_eq!(named.ids.len(), different.len());
        }

        /// A cut never invents a user, and is never taken for the whole message.
        #[test]
        fn a_message_that_is_cut_off_names_a_part_of_its_users(
            users in prop::collection::vec(prop_oneof![
                any::<i64>().prop_map(|id| json!(id)),
                "[a-z]{3}".prop_map(|id| json!(id)),
            ], 1..10),
            cut in any::<prop::sample::Index>(),
        ) {
            let data: Vec<_> = users.iter().map(|user| json!([user, [1]])).collect();
            let text = json!({ "data": data }).to_string();
            let named = super::users(&text[..cut.index(text.len())]);
            prop_assert!(!named.whole);
            for id in &named.ids {
                prop_assert!(users.iter().any(|user| *user == json!(id)), "{id} is invented");
            }
        }

        #[test]
        fn any_text_is_harmless(text in any::<String>()) {
            let _ = super::users(&text);
        }
    }
}
