//! Users of a snapshot: all facts of one in one row, lists of ids as JSON.

use std::fmt;

use reco_core::facts::{Ids, UserFacts};
use reco_core::{Id, IdMap, IdSet};
use rusqlite::{Connection, Statement};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::connections::Failure;
use super::people::Heavy;
use super::value::{Key, id_at};

const ASK: &str = "SELECT id, active, reads, mutes FROM people WHERE id = ?1";

/// Bytes of a list that is read whole: a thousand long numbers.
const WHOLE: usize = 10_000;

/// Bytes of an id in a list, about.
const AN_ID: usize = 8;

/// What is known of users, and those of them whose lists are very long.
pub(super) fn ask(
    connection: &Connection,
    users: IdSet,
) -> Result<(IdMap<UserFacts>, Vec<Id>), Failure> {
    let mut statement = connection.prepare_cached(ASK)?;
    let mut known = IdMap::with_capacity_and_hasher(users.len(), Default::default());
    let mut heavy = Vec::new();
    for id in users {
        let mut long = false;
        let mut list = |text: &str| {
            long |= text.len() > WHOLE;
            if long { Ok(Ids::default()) } else { ids(text, None) }
        };
        if let Some(facts) = user(&mut statement, &id, &mut list)? {
            if long {
                heavy.push(id.clone());
            }
            known.insert(id, facts);
        }
    }
    Ok((known, heavy))
}

/// Completes what is known of users with very long lists: what matters of them, and no more.
pub(super) fn ask_for(
    connection: &Connection,
    heavy: Vec<Heavy>,
    users: &mut IdMap<UserFacts>,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(ASK)?;
    for Heavy { user: id, articles, authors } in heavy {
        // Reads come first.
        let mut wanted = [&articles, &authors].into_iter();
        let mut list = |text: &str| ids(text, wanted.next());
        if let Some(facts) = user(&mut statement, &id, &mut list)? {
            users.insert(id, facts);
        }
    }
    Ok(())
}

fn user(
    statement: &mut Statement<'_>,
    id: &Id,
    list: &mut dyn FnMut(&str) -> serde_json::Result<Ids>,
) -> rusqlite::Result<Option<UserFacts>> {
    let mut rows = statement.query([Key(id)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    if id_at(row, 0)?.as_ref() != Some(id) {
        return Ok(None);
    }
    let mut lists = [Ids::default(), Ids::default()];
    for (column, ids) in (2..).zip(&mut lists) {
        let cell = row.get_ref(column)?;
        let unusable = |error: serde_json::Error| {
            let kind = cell.data_type();
            rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(error))
        };
        *ids = list(cell.as_str()?).map_err(unusable)?;
    }
    let [read, muted_authors] = lists;
    Ok(Some(UserFacts { active: row.get(1)?, muted_authors, read }))
}

/// The ids of a list, or those that are wanted of it.
fn ids(text: &str, wanted: Option<&IdSet>) -> serde_json::Result<Ids> {
    if wanted.is_none()
        && let Some(numbers) = numbers(text)
    {
        return Ok(Ids::of_numbers(numbers));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let ids = List { wanted }.deserialize(&mut json)?;
    json.end()?;
    Ok(ids)
}

/// The numbers of a list that has nothing else, as nearly all lists are written: `[12,-7]`. What is
/// written in any other way, or is no list at all, is left to the parser.
fn numbers(text: &str) -> Option<Vec<i64>> {
    let inside = text.strip_prefix('[')?.strip_suffix(']')?.as_bytes();
    let mut numbers = Vec::with_capacity(inside.len() / AN_ID + 1);
    if inside.is_empty() {
        return Some(numbers);
    }
    let mut rest = inside;
    loop {
        let (negative, digits) = match rest {
            [b'-', digits @ ..] => (true, digits),
            _ => (false, rest),
        };
        let (mut number, mut length) = (0_i64, 0);
        while let Some(digit @ b'0'..=b'9') = digits.get(length) {
            // 18 digits fit.
            if length == 18 {
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
            length += 1;
        }
        if length == 0 || (length > 1 && digits[0] == b'0') || (negative && number == 0) {
            return None;
        }
        numbers.push(if negative { -number } else { number });
        match &digits[length..] {
            [] => return Some(numbers),
            [b',', after @ ..] => rest = after,
            _ => return None,
        }
    }
}

struct List<'a> {
    wanted: Option<&'a IdSet>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Ids;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Ids, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Ids;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of ids")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Ids, A::Error> {
        let mut ids = Vec::new();
        while let Some(id) = list.next_element::<Id>()? {
            if self.wanted.is_none_or(|wanted| wanted.contains(&id)) {
                ids.push(id);
            }
        }
        Ok(ids.into_iter().collect())
    }
}

/// Ids as a list of JSON: integers within 64 bits as such, everything else as text.
pub(in crate::facts) fn json_of(ids: &[Id]) -> String {
    let mut json = String::from("[");
    for (rank, id) in ids.iter().enumerate() {
        if rank > 0 {
            json.push(',');
        }
        match id.as_integer().map(i64::try_from) {
            Some(Ok(number)) => json.push_str(&number.to_string()),
            _ => json.push_str(&serde_json::Value::from(id.text()).to_string()),
        }
    }
    json.push(']');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_as_they_were() {
        let texts = ["a\"b", "o'x", "\\", "]", "[", "07", "\u{7528}\u{6237}", "a\u{0}b"];
        let mut all: Vec<Id> = texts.map(Id::from).to_vec();
        all.extend([Id::from(7_i64), Id::from(i64::MIN), Id::from(u64::MAX), Id::from("12")]);
        let json = json_of(&all);
        let back = ids(&json, None).expect("a list");
        assert_eq!(back, all.iter().cloned().collect::<Ids>(), "{json}");
        let wanted: IdSet =
            [Id::from(12_i64), Id::from("o'x"), Id::from("not there")].into_iter().collect();
        let some = ids(&json, Some(&wanted)).expect("a list");
        assert_eq!(some, [Id::from(12_i64), Id::from("o'x")].into_iter().collect::<Ids>());
        assert!(ids("[1,2", None).is_err());
        assert!(ids("[1.5]", None).is_err());
    }

    #[test]
    fn a_list_of_numbers_is_read_as_the_parser_does() {
        for text in [
            "[]",
            "[1]",
            "[-1,0,12]",
            "[999999999999999999,-999999999999999999]",
            "[3,1,2,1]",
            "[9223372036854775807,-9223372036854775808]",
            "[18446744073709551615]",
            "[ 1, 2 ]",
            "[\"7\",7]",
            "[01]",
            "[-0]",
            "[-]",
            "[1,]",
            "[,1]",
            "[1",
            "1]",
            "",
            "[1]2",
            "[1 2]",
            "[[1]]",
            "[1e3]",
            "null",
            "[null]",
            "[99999999999999999999999]",
        ] {
            let mut json = serde_json::Deserializer::from_str(text);
            let parsed = List { wanted: None }.deserialize(&mut json);
            let parsed = parsed.and_then(|ids| json.end().map(|()| ids));
            assert_eq!(ids(text, None).ok(), parsed.ok(), "{text}");
        }
        assert_eq!(numbers("[7,-8]"), Some(vec![7, -8]));
    }
}
