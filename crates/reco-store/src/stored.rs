//! One user's item, as the table holds it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::item::{Constant, Schema};
use reco_core::standing::StoredList;
use reco_core::{Id, Time};

use crate::batch_get::{Item, get_all, whole};
use crate::encode::{id_of, key_of, time_of};
use crate::retry::RetryOptions;
use crate::service::ServiceError;
use crate::table::Expiry;

/// A user's item.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its list.
    pub held: StoredList,
    /// When the list was generated, or why its time cannot be read.
    pub generated_at: Result<Option<Time>, String>,
    /// Size in bytes, as DynamoDB counts it.
    pub bytes: usize,
    /// Attributes other than the list, with short values: scalars as they are, others by their type.
    pub attributes: BTreeMap<String, String>,
}

/// Reads a user's item with a strongly consistent read (`BatchGetItem`); `None` if there is none.
///
/// # Errors
/// [`ServiceError`] if DynamoDB does not answer.
pub async fn read(
    client: &Client,
    table: &str,
    schema: &Schema,
    user: &Id,
    expiry: &Expiry,
) -> Result<Option<Stored>, ServiceError> {
    let keys = vec![key_of(user, schema)];
    let items = get_all(client, table, &RetryOptions::default(), keys, whole).await?;
    Ok(items.first().map(|item| stored(item, schema, expiry)))
}

fn stored(item: &Item, schema: &Schema, expiry: &Expiry) -> Stored {
    let generated_at = time_of(item, schema);
    let expires_at = match expiry {
        Expiry::By(name) => item.get(name).and_then(|at| at.as_n().ok()?.parse().ok()),
        Expiry::Never => None,
    };
    let articles = item.get(&schema.list_attr).and_then(ids);
    let held = articles.map_or(StoredList::NoList, |articles| StoredList::List {
        articles,
        generated_at: generated_at.clone().ok().flatten(),
        expires_at,
    });
    let others = item.iter().filter(|(name, _)| **name != schema.list_attr);
    let attributes = others.map(|(name, value)| (name.clone(), shown(value))).collect();
    Stored { held, generated_at, bytes: size(item), attributes }
}

/// Returns the ids of a list; `None` if it is not a list of ids.
fn ids(value: &AttributeValue) -> Option<Vec<Id>> {
    value.as_l().ok()?.iter().map(typed_id).collect()
}

/// Returns the id in a scalar, as a number where it is stored as one.
fn typed_id(value: &AttributeValue) -> Option<Id> {
    let number = value.as_n().ok().and_then(|text| text.parse::<i64>().ok());
    number.map(Id::from).or_else(|| id_of(value))
}

fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::N(text) | AttributeValue::S(text) => text.clone(),
        AttributeValue::Bool(value) => value.to_string(),
        AttributeValue::Null(_) => "null".to_owned(),
        AttributeValue::L(elements) => format!("a list of {}", elements.len()),
        AttributeValue::M(members) => format!("a map of {}", members.len()),
        AttributeValue::B(bytes) => format!("{} bytes", bytes.as_ref().len()),
        _ => "a set".to_owned(),
    }
}

/// Size of an item. AWS: "DynamoDB item sizes and formats": names and values; 3 bytes for each list
/// or map, and 1 for each of their elements.
fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of(value)).sum()
}

fn size_of(value: &AttributeValue) -> usize {
    let number = |text: &String| Constant::N(text.clone()).size();
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(text) => number(text),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(elements) => 3 + elements.iter().map(|e| 1 + size_of(e)).sum::<usize>(),
        AttributeValue::M(members) => 3 + size(members) + members.len(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::Ns(numbers) => numbers.iter().map(number).sum(),
        AttributeValue::Bs(all) => all.iter().map(|bytes| bytes.as_ref().len()).sum(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use reco_core::Recommendation;
    use reco_core::item::KeyType;

    use super::*;
    use crate::encode::encode;

    fn item(schema: &Schema) -> (Item, usize) {
        let articles = [-7_i64, 0, 12_345_678, 100].map(Id::from).to_vec();
        let generated_at = Some(Time::from_seconds(1_800_000_000));
        let planned = schema
            .plan(Recommendation { user: Id::from(42_i64), articles, generated_at })
            .expect("fits");
        (encode(&planned, schema), planned.bytes)
    }

    #[test]
    fn an_item_is_as_large_as_it_was_planned() {
        for kind in [KeyType::N, KeyType::S] {
            let schema = Schema::with_key_type(kind);
            let (item, bytes) = item(&schema);
            assert_eq!(stored(&item, &schema, &Expiry::Never).bytes, bytes, "{kind:?}");
        }
    }

    #[test]
    fn the_expiry_counts_only_as_a_number_in_the_tables_attribute() {
        let schema = Schema::with_key_type(KeyType::N);
        let expires_at = |value: AttributeValue, expiry: &Expiry| {
            let (mut item, _) = item(&schema);
            item.insert("expires_at".to_owned(), value);
            match stored(&item, &schema, expiry).held {
                StoredList::List { expires_at, .. } => expires_at,
                other => panic!("{other:?}"),
            }
        };
        let by = Expiry::By("expires_at".to_owned());
        let number = AttributeValue::N("1800000001".to_owned());
        assert_eq!(expires_at(number.clone(), &by), Some(1_800_000_001));
        assert_eq!(expires_at(number, &Expiry::Never), None);
        assert_eq!(expires_at(AttributeValue::S("1800000001".to_owned()), &by), None);
    }

    #[test]
    fn what_is_no_list_of_ids_is_told() {
        let schema = Schema::with_key_type(KeyType::N);
        for value in [
            AttributeValue::Ns(vec!["1".to_owned()]),
            AttributeValue::L(vec![AttributeValue::Bool(true)]),
            AttributeValue::S("1,2".to_owned()),
        ] {
            let (mut item, _) = item(&schema);
            item.insert(schema.list_attr.clone(), value);
            assert_eq!(stored(&item, &schema, &Expiry::Never).held, StoredList::NoList);
        }
        let (mut item, _) = item(&schema);
        item.remove(&schema.list_attr);
        assert_eq!(stored(&item, &schema, &Expiry::Never).held, StoredList::NoList);
    }
}
