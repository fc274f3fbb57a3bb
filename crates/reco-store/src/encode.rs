//! Converts planned items to DynamoDB attribute values.

mod body;

use std::collections::HashMap;
use std::convert::Infallible;

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, WriteRequest};
use reco_core::item::{Action, Attributes, Constant, KeyType, PlannedItem, Schema};
use reco_core::{Id, Time};

/// Converts a planned item to one request of a `BatchWriteItem` call.
#[must_use]
pub fn request(item: &PlannedItem, schema: &Schema) -> WriteRequest {
    let request = WriteRequest::builder();
    match item.action {
        Action::Put => {
            let put = PutRequest::builder().set_item(Some(encode(item, schema))).build();
            request.put_request(put.expect("the item is set")).build()
        }
        Action::Delete => {
            let delete = DeleteRequest::builder().set_key(Some(key(item, schema))).build();
            request.delete_request(delete.expect("the key is set")).build()
        }
    }
}

/// Returns the key of a planned item.
#[must_use]
pub fn key(item: &PlannedItem, schema: &Schema) -> HashMap<String, AttributeValue> {
    key_of(&item.recommendation.user, schema)
}

/// Returns the key of a user's item.
#[must_use]
pub fn key_of(user: &Id, schema: &Schema) -> HashMap<String, AttributeValue> {
    let mut attributes = Map::default();
    let Ok(()) = schema.describe_key(user, &mut attributes);
    attributes.0
}

/// Returns the user of an item or a key; `None` for items of other kinds.
#[must_use]
pub fn user_of(attributes: &HashMap<String, AttributeValue>, schema: &Schema) -> Option<Id> {
    let partition = text_of(attributes.get(&schema.user_attr)?)?;
    let sort = schema.sort.as_ref().and_then(|sort| text_of(attributes.get(&sort.name)?));
    schema.user_of_key(partition, sort)
}

pub use body::{batch_body, sorted_attributes};

/// Converts a planned item to the SDK's attributes.
#[must_use]
pub fn encode(item: &PlannedItem, schema: &Schema) -> HashMap<String, AttributeValue> {
    let mut attributes = Map::default();
    let Ok(()) = item.describe(schema, &mut attributes);
    attributes.0
}

#[derive(Default)]
struct Map(HashMap<String, AttributeValue>);

impl Attributes for Map {
    type Error = Infallible;

    fn id(&mut self, name: &str, id: &Id, kind: KeyType) -> Result<(), Infallible> {
        self.0.insert(name.to_owned(), scalar(id, kind));
        Ok(())
    }

    fn list(
        &mut self,
        name: &str,
        ids: &[Id],
        type_of: impl Fn(&Id) -> KeyType,
    ) -> Result<(), Infallible> {
        let list = ids.iter().map(|id| scalar(id, type_of(id))).collect();
        self.0.insert(name.to_owned(), AttributeValue::L(list));
        Ok(())
    }

    fn scalar(&mut self, name: &str, value: &Constant) -> Result<(), Infallible> {
        self.0.insert(name.to_owned(), typed(value.text().to_owned(), value.kind()));
        Ok(())
    }
}

/// Converts a time to the table's time attribute.
#[must_use]
pub fn time(at: Time, schema: &Schema) -> AttributeValue {
    typed(schema.time_form.text(at), schema.time_form.kind())
}

/// Returns the time in an item's time attribute, whichever program wrote it. `None` if it has none.
///
/// # Errors
/// Description of a value that is not a valid time.
pub fn time_of(
    item: &HashMap<String, AttributeValue>,
    schema: &Schema,
) -> Result<Option<Time>, String> {
    let Some(value) = item.get(&schema.generated_at_attr) else { return Ok(None) };
    let read = |kind, text: &str| Time::from_stored(schema.time_form, kind, text);
    let (shown, read) = match value {
        AttributeValue::Null(_) => return Ok(None),
        AttributeValue::N(text) => (text.clone(), read(KeyType::N, text)),
        AttributeValue::S(text) => (format!("{text:?}"), read(KeyType::S, text)),
        _ => return Err("is neither a Number nor a String".to_owned()),
    };
    read.map(Some).map_err(|error| format!("{shown} {error}"))
}

fn typed(text: String, kind: KeyType) -> AttributeValue {
    match kind {
        KeyType::N => AttributeValue::N(text),
        KeyType::S => AttributeValue::S(text),
    }
}

fn text_of(value: &AttributeValue) -> Option<&str> {
    match value {
        AttributeValue::N(text) | AttributeValue::S(text) => Some(text),
        _ => None,
    }
}

/// Converts an id to a scalar attribute of the given type.
#[must_use]
pub fn scalar(id: &Id, kind: KeyType) -> AttributeValue {
    typed(id.text().into_owned(), kind)
}

/// Returns the id in a scalar attribute; `None` for any other type.
#[must_use]
pub fn id_of(value: &AttributeValue) -> Option<Id> {
    text_of(value).map(Id::from)
}

#[cfg(test)]
mod tests {
    use reco_core::Recommendation;

    use super::*;

    fn planned(schema: &Schema, generated_at: Option<i64>) -> PlannedItem {
        let articles = vec![Id::from(30_i64), Id::from("4"), Id::from(5_i64)];
        let recommendation = Recommendation {
            user: Id::from(7_i64),
            articles,
            generated_at: generated_at.map(Time::from),
        };
        schema.plan(recommendation).expect("fits")
    }

    #[test]
    fn numbers_keep_their_rank_and_their_type() {
        let schema = Schema::with_key_type(KeyType::N);
        let item = encode(&planned(&schema, None), &schema);
        let list = ["30", "4", "5"].map(|n| AttributeValue::N(n.to_owned())).to_vec();
        assert_eq!(item["user_id"], AttributeValue::N("7".to_owned()));
        assert_eq!(item["recommended_note_ids"], AttributeValue::L(list));
        assert_eq!(item.len(), 2, "no time was known");
    }

    #[test]
    fn strings_where_the_table_has_strings_and_the_time_as_a_number() {
        let mut schema = Schema::with_key_type(KeyType::S);
        schema.generated_at_attr = "made".to_owned();
        let item = encode(&planned(&schema, Some(1_700_000_000)), &schema);
        assert_eq!(item["user_id"], AttributeValue::S("7".to_owned()));
        assert_eq!(item["made"], AttributeValue::N("1700000000".to_owned()));
    }

    #[test]
    fn an_encoded_key_reads_back_as_the_same_id() {
        for id in [Id::from(7_i64), Id::from("x"), Id::from(u64::MAX)] {
            assert_eq!(id_of(&scalar(&id, KeyType::S)), Some(id));
        }
        assert_eq!(id_of(&AttributeValue::Bool(true)), None);
    }
}
