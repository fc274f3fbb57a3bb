//! Differences between an item in the table and the expected item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::clip::clip_id;
use reco_core::item::{Action, Attribute, Constant, PlannedItem, Schema, gives_way};
use reco_core::words::amount;
use reco_core::{Id, Time};
use serde::Serialize;

use crate::encode::{id_of, scalar, time_of};

/// Difference between an item and the expected item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// The table has no item of the user.
    #[error("not in the table")]
    Missing,
    /// The table has an item that should have been deleted.
    #[error("still in the table, although it should be deleted")]
    Present,
    /// The list differs.
    #[error("the list differs at rank {rank}: {} instead of {}, {} instead of {expected_len}", shown(.found), shown(.expected), amount(*.found_len, "id"))]
    List {
        /// The first rank that differs, from 1.
        rank: usize,
        /// Expected element; `None` if the list should have ended.
        expected: Option<String>,
        /// Element found; `None` if the list has ended.
        found: Option<String>,
        /// Expected number of ids.
        expected_len: usize,
        /// Number of ids found.
        found_len: usize,
    },
    /// The list attribute is missing or not a list.
    #[error("its list is {found}")]
    NoList {
        /// Value found.
        found: String,
    },
    /// The time differs.
    #[error("its time is {}, instead of {expected}", .found.as_deref().unwrap_or("not set"))]
    Time {
        /// Expected time, in seconds since the epoch.
        expected: Time,
        /// Value in the table.
        found: Option<String>,
    },
    /// A constant attribute of the run differs.
    #[error("its {name} is {}, instead of {expected}", .found.as_deref().unwrap_or("not set"))]
    Attribute {
        /// Attribute name.
        name: String,
        /// Expected value.
        expected: String,
        /// Value found.
        found: Option<String>,
    },
    /// The item has the same time but another list, which a guarded write does not replace.
    #[error("the table holds a different list with the same time, {found}")]
    AsNew {
        /// Time of that list, in seconds since the epoch.
        found: Time,
    },
    /// The item is newer than the input: written by another writer since, or kept by `--if-newer`.
    #[error("the table holds a newer list, of {found}")]
    Newer {
        /// Time of that list, in seconds since the epoch.
        found: Time,
    },
}

fn shown(id: &Option<String>) -> &str {
    id.as_deref().unwrap_or("nothing")
}

/// Bounds on the expiry of items, as far as a later run can know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiryBounds {
    /// Attribute name.
    pub name: String,
    /// Earliest valid expiry: now, in seconds since the epoch.
    pub after: i64,
    /// Latest valid expiry, in seconds since the epoch.
    pub latest: i64,
}

/// An item as expected in the table.
pub(super) struct Expected<'a> {
    pub item: &'a PlannedItem,
    pub schema: &'a Schema,
    /// True if a list with the same time is accepted.
    pub only_newer: bool,
    pub expiry: Option<&'a ExpiryBounds>,
}

impl<'a> Expected<'a> {
    /// An item that an unguarded write without expiry leaves.
    pub fn plain(item: &'a PlannedItem, schema: &'a Schema) -> Self {
        Expected { item, schema, only_newer: false, expiry: None }
    }

    /// Compares with the item in the table; `None` if it is as expected.
    pub fn difference(
        &self,
        found: Option<&HashMap<String, AttributeValue>>,
    ) -> Option<Difference> {
        let Expected { item, schema, .. } = self;
        let removal = item.action == Action::Delete;
        let Some(found) = found else { return (!removal).then_some(Difference::Missing) };
        let expected_at = item.recommendation.generated_at;
        let time = found.get(&schema.generated_at_attr);
        let found_at = time_of(found, schema).ok().flatten();
        // A guarded write also keeps an item of the same time.
        let outdoes = if self.only_newer { item.guard } else { expected_at };
        if let (Some(outdoes), Some(found)) = (outdoes, found_at)
            && found > outdoes
        {
            return Some(Difference::Newer { found });
        }
        let as_new = found_at.filter(|_| self.only_newer && !gives_way(found_at, item.guard));
        if removal {
            return Some(as_new.map_or(Difference::Present, |found| Difference::AsNew { found }));
        }
        let difference = match found.get(&schema.list_attr) {
            Some(AttributeValue::L(list)) => lists(item, list),
            Some(other) => Some(Difference::NoList { found: format!("a {}", kind(other)) }),
            None => Some(Difference::NoList { found: "not there".to_owned() }),
        };
        if let (Some(_), Some(found)) = (&difference, as_new) {
            return Some(Difference::AsNew { found });
        }
        let difference = difference.or_else(|| {
            let expected = expected_at.filter(|expected| found_at != Some(*expected))?;
            Some(Difference::Time { expected, found: time.map(plain) })
        });
        let constants = schema.constants.iter();
        difference
            .or_else(|| constants.clone().find_map(|constant| attribute(constant, found)))
            .or_else(|| self.expiry.and_then(|expiry| expires(expiry, found)))
    }
}

fn expires(expiry: &ExpiryBounds, found: &HashMap<String, AttributeValue>) -> Option<Difference> {
    let ExpiryBounds { name, after, latest } = expiry;
    let found = found.get(name);
    // AWS: "Time to Live": a Number of epoch seconds, or the item never expires.
    let at = found.and_then(|at| at.as_n().ok()).and_then(|text| text.parse::<i64>().ok());
    if at.is_some_and(|at| (*after..=*latest).contains(&at)) {
        return None;
    }
    let expected = format!("a Number of seconds from {after} to {latest}");
    Some(Difference::Attribute { name: name.clone(), expected, found: found.map(plain) })
}

fn attribute(
    Attribute { name, value }: &Attribute,
    found: &HashMap<String, AttributeValue>,
) -> Option<Difference> {
    let found = found.get(name);
    let same = match (value, found) {
        (Constant::N(text), Some(AttributeValue::N(found))) => as_stored(text) == found,
        (Constant::S(text), Some(AttributeValue::S(found))) => text == found,
        _ => false,
    };
    let expected = match value {
        Constant::N(text) => text.clone(),
        Constant::S(text) => format!("{:?}", clip_id(text)),
    };
    let name = name.clone();
    (!same).then(|| Difference::Attribute { name, expected, found: found.map(plain) })
}

/// Removes trailing zeros of a fraction, as DynamoDB does.
fn as_stored(number: &str) -> &str {
    match number.split_once('.') {
        Some(_) => number.trim_end_matches('0').trim_end_matches('.'),
        None => number,
    }
}

fn lists(item: &PlannedItem, found: &[AttributeValue]) -> Option<Difference> {
    let expected = &item.recommendation.articles;
    let written = |id: &Id| scalar(id, item.type_of(id));
    // Without a configured type, it is unknown which type was chosen when the list was written.
    let same = |(id, value): (&Id, &AttributeValue)| match item.list_type {
        Some(_) => written(id) == *value,
        None => id_of(value).is_some_and(|found| found.text() == id.text()),
    };
    let alike = expected.iter().zip(found).take_while(|pair| same(*pair)).count();
    if alike == expected.len() && alike == found.len() {
        return None;
    }
    Some(Difference::List {
        rank: alike + 1,
        expected: expected.get(alike).map(|id| plain(&written(id))),
        found: found.get(alike).map(plain),
        expected_len: expected.len(),
        found_len: found.len(),
    })
}

/// Formats a scalar; strings in quotes, so that `7` and `"7"` can be told apart.
fn plain(value: &AttributeValue) -> String {
    match value {
        AttributeValue::N(text) => text.clone(),
        AttributeValue::S(text) => format!("{:?}", clip_id(text)),
        other => format!("a {}", kind(other)),
    }
}

fn kind(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::N(_) => "number",
        AttributeValue::S(_) => "string",
        AttributeValue::L(_) => "list",
        AttributeValue::M(_) => "map",
        AttributeValue::Ns(_) | AttributeValue::Ss(_) | AttributeValue::Bs(_) => {
            "set, which has no order"
        }
        AttributeValue::B(_) => "binary value",
        AttributeValue::Bool(_) => "boolean",
        _ => "null",
    }
}

#[cfg(test)]
mod tests {
    use reco_core::Recommendation;
    use reco_core::item::KeyType;

    use super::*;
    use crate::encode::encode;

    #[test]
    fn where_only_what_is_newer_is_written_the_first_of_equals_stands() {
        let schema = Schema::with_key_type(KeyType::N);
        let told = |item: &PlannedItem, articles: &[i64], at: Option<i64>| {
            let found = encode(&planned(articles, at), &schema);
            let expected = Expected { only_newer: true, ..Expected::plain(item, &schema) };
            expected.difference(Some(&found))
        };
        let item = planned(&[1, 2], Some(5));
        assert_eq!(told(&item, &[1, 2], Some(5)), None);
        assert_eq!(told(&item, &[9], Some(5)), Some(Difference::AsNew { found: Time::from(5) }));
        assert_eq!(told(&item, &[9], Some(6)), Some(Difference::Newer { found: Time::from(6) }));
        for at in [Some(4), None] {
            assert!(matches!(told(&item, &[9], at), Some(Difference::List { .. })), "{at:?}");
            assert!(matches!(told(&item, &[1, 2], at), Some(Difference::Time { .. })), "{at:?}");
        }
        let removal = schema.plan_delete(Id::from(7_i64), Some(Time::from(5))).expect("fits");
        assert_eq!(told(&removal, &[9], Some(5)), Some(Difference::AsNew { found: Time::from(5) }));
        assert_eq!(told(&removal, &[9], Some(4)), Some(Difference::Present));
    }

    #[test]
    fn an_expiry_is_a_number_within_its_bounds() {
        let schema = Schema::with_key_type(KeyType::N);
        let item = planned(&[1], None);
        let expiry = ExpiryBounds { name: "expires_at".to_owned(), after: 100, latest: 200 };
        let told = |value: Option<AttributeValue>| {
            let mut found = encode(&item, &schema);
            found.extend(value.map(|value| ("expires_at".to_owned(), value)));
            Expected { expiry: Some(&expiry), ..Expected::plain(&item, &schema) }
                .difference(Some(&found))
                .map(|difference| difference.to_string())
        };
        let n = |text: &str| Some(AttributeValue::N(text.to_owned()));
        for within in ["100", "150", "200"] {
            assert_eq!(told(n(within)), None, "{within}");
        }
        for without in ["99", "201", "150000", "1.5"] {
            let told = told(n(without)).expect("a difference");
            assert!(told.contains(without) && told.contains("from 100 to 200"), "{told}");
        }
        assert!(told(Some(AttributeValue::S("150".to_owned()))).is_some());
        assert!(told(None).is_some_and(|told| told.contains("not set")));
    }

    fn planned(articles: &[i64], generated_at: Option<i64>) -> PlannedItem {
        let articles = articles.iter().map(|id| Id::from(*id)).collect();
        let recommendation = Recommendation {
            user: Id::from(7_i64),
            articles,
            generated_at: generated_at.map(Time::from),
        };
        Schema::with_key_type(KeyType::N).plan(recommendation).expect("fits")
    }

    /// Returns the difference if the table holds a changed item instead of `[1,2,3]` of time 10.
    fn told(change: impl Fn(&mut HashMap<String, AttributeValue>)) -> String {
        let schema = Schema::with_key_type(KeyType::N);
        let item = planned(&[1, 2, 3], Some(10));
        let mut found = encode(&item, &schema);
        change(&mut found);
        let difference = Expected::plain(&item, &schema).difference(Some(&found));
        difference.map_or("the same".to_owned(), |difference| difference.to_string())
    }

    #[test]
    fn every_difference_is_named() {
        let list = |ids: &[&str]| {
            AttributeValue::L(ids.iter().map(|id| AttributeValue::N((*id).to_owned())).collect())
        };
        let of = |name: &str, value: AttributeValue| {
            told(|found| drop(found.insert(name.to_owned(), value.clone())))
        };
        let n = |text: &str| AttributeValue::N(text.to_owned());
        let told = [
            told(|_| {}),
            of("recommended_note_ids", list(&["1", "3", "2"])),
            of("recommended_note_ids", list(&["1", "2"])),
            of("recommended_note_ids", list(&["1", "2", "3", "4"])),
            of("recommended_note_ids", AttributeValue::L(vec![AttributeValue::S("1".to_owned())])),
            of("recommended_note_ids", AttributeValue::Ns(vec!["1".to_owned()])),
            told(|found| drop(found.remove("recommended_note_ids"))),
            of("generated_at", n("9")),
            of("generated_at", n("11")),
            told(|found| drop(found.remove("generated_at"))),
            of("expires_at", n("99")),
        ];
        let expected = [
            "the same",
            "the list differs at rank 2: 3 instead of 2, 3 ids instead of 3",
            "the list differs at rank 3: nothing instead of 3, 2 ids instead of 3",
            "the list differs at rank 4: 4 instead of nothing, 4 ids instead of 3",
            "the list differs at rank 1: \"1\" instead of 1, 1 id instead of 3",
            "its list is a set, which has no order",
            "its list is not there",
            "its time is 9, instead of 10",
            "the table holds a newer list, of 11",
            "its time is not set, instead of 10",
            "the same",
        ];
        assert_eq!(told, expected);
        let schema = Schema::with_key_type(KeyType::N);
        let difference = |expected: &PlannedItem, found: Option<&PlannedItem>| {
            let found = found.map(|item| encode(item, &schema));
            Expected::plain(expected, &schema).difference(found.as_ref())
        };
        let [undated, older, timed, newer] =
            [None, Some(4), Some(5), Some(6)].map(|at| planned(&[1], at));
        let removal = schema.plan_delete(Id::from(7_i64), Some(Time::from(5))).expect("fits");
        assert_eq!(difference(&undated, None), Some(Difference::Missing));
        assert_eq!(difference(&removal, None), None);
        assert_eq!(difference(&removal, Some(&older)), Some(Difference::Present));
        let kept = Some(Difference::Newer { found: Time::from(6) });
        assert_eq!(difference(&removal, Some(&newer)), kept);
        assert_eq!(difference(&undated, Some(&timed)), None);
    }

    #[test]
    fn attributes_of_every_item_are_compared_as_dynamodb_keeps_them() {
        let attributes = ["model=v7", "weight=1.50", "expires_at=99"];
        let attributes = attributes.map(|text| text.parse::<Attribute>().expect("an attribute"));
        let schema = Schema::with_key_type(KeyType::N).with_constants(attributes).expect("unlike");
        let item = planned(&[1], None);
        let told = |name: &str, value: Option<AttributeValue>| {
            let mut found = encode(&item, &schema);
            found.insert("weight".to_owned(), AttributeValue::N("1.5".to_owned()));
            match value {
                Some(value) => found.insert(name.to_owned(), value),
                None => found.remove(name),
            };
            Expected::plain(&item, &schema)
                .difference(Some(&found))
                .map(|difference| difference.to_string())
        };
        let n = |text: &str| Some(AttributeValue::N(text.to_owned()));
        assert_eq!(told("other", n("1")), None);
        let expected = |text: &str| Some(text.to_owned());
        assert_eq!(told("model", None), expected("its model is not set, instead of \"v7\""));
        assert_eq!(told("model", n("7")), expected("its model is 7, instead of \"v7\""));
        assert_eq!(told("weight", n("1.25")), expected("its weight is 1.25, instead of 1.50"));
        assert_eq!(told("expires_at", n("98")), expected("its expires_at is 98, instead of 99"));
    }
}
