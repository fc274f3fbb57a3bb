//! DynamoDB JSON: a planned item as one line of a file that `ImportTable` and `StartBulkPutItems`
//! read from S3.
//!
//! AWS: "DynamoDB import formats", DynamoDB JSON: one `{"Item": {...}}` a line, each attribute an
//! object of its type's name and its value, numbers as strings.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reco_core::item::{PlannedItem, Schema};
use serde::ser::{Error, SerializeMap};
use serde::{Serialize, Serializer};

use crate::encode::encode;

/// The item that the writer would put, as a line without its line break. Attributes come sorted by
/// name, so that the same item is the same line every time.
///
/// # Errors
/// When an attribute is of a type that this version of the SDK does not know.
pub fn line(item: &PlannedItem, schema: &Schema) -> serde_json::Result<Vec<u8>> {
    let item = encode(item, schema);
    let sorted: BTreeMap<&str, Typed<'_>> =
        item.iter().map(|(name, value)| (name.as_str(), Typed(value))).collect();
    serde_json::to_vec(&Line { item: sorted })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    item: BTreeMap<&'a str, Typed<'a>>,
}

/// A value with its type.
struct Typed<'a>(&'a AttributeValue);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self.0 {
            AttributeValue::N(text) => map.serialize_entry("N", text)?,
            AttributeValue::S(text) => map.serialize_entry("S", text)?,
            AttributeValue::L(list) => map.serialize_entry("L", &List(list))?,
            AttributeValue::M(members) => {
                let sorted: BTreeMap<_, _> =
                    members.iter().map(|(name, value)| (name, Typed(value))).collect();
                map.serialize_entry("M", &sorted)?;
            }
            AttributeValue::Bool(truth) => map.serialize_entry("BOOL", truth)?,
            AttributeValue::Null(null) => map.serialize_entry("NULL", null)?,
            AttributeValue::B(bytes) => map.serialize_entry("B", &STANDARD.encode(bytes))?,
            AttributeValue::Ss(set) => map.serialize_entry("SS", set)?,
            AttributeValue::Ns(set) => map.serialize_entry("NS", set)?,
            AttributeValue::Bs(set) => {
                let set: Vec<String> = set.iter().map(|bytes| STANDARD.encode(bytes)).collect();
                map.serialize_entry("BS", &set)?;
            }
            other => return Err(S::Error::custom(format!("unknown attribute type: {other:?}"))),
        }
        map.end()
    }
}

struct List<'a>(&'a [AttributeValue]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Typed))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_dynamodb::primitives::Blob;
    use reco_core::item::KeyType;
    use reco_core::{Id, Recommendation};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_the_item_in_rank_order_with_its_types() {
        let articles = vec![Id::from(30_i64), Id::from("4")];
        let recommendation = Recommendation {
            user: Id::from("é\"\n"),
            articles,
            generated_at: Some(1_768_446_000.into()),
        };
        let schema = Schema { list_type: Some(KeyType::N), ..Schema::with_key_type(KeyType::S) };
        let item = schema.plan(recommendation).expect("fits");
        let line = String::from_utf8(line(&item, &schema).expect("a line")).expect("UTF-8");
        let expected = concat!(
            r#"{"Item":{"generated_at":{"N":"1768446000"},"#,
            r#""recommended_note_ids":{"L":[{"N":"30"},{"N":"4"}]},"user_id":{"S":"é\"\n"}}}"#,
        );
        assert_eq!(line, expected);
    }

    #[test]
    fn every_type_has_its_documented_form() {
        let blob = || Blob::new(vec![0, 255]);
        let values = [
            (AttributeValue::Bool(true), json!({"BOOL": true})),
            (AttributeValue::Null(true), json!({"NULL": true})),
            (AttributeValue::B(blob()), json!({"B": "AP8="})),
            (AttributeValue::Bs(vec![blob()]), json!({"BS": ["AP8="]})),
            (AttributeValue::Ss(vec!["a".to_owned()]), json!({"SS": ["a"]})),
            (AttributeValue::Ns(vec!["1".to_owned()]), json!({"NS": ["1"]})),
            (
                AttributeValue::M(HashMap::from([(
                    "k".to_owned(),
                    AttributeValue::N("1".to_owned()),
                )])),
                json!({"M": {"k": {"N": "1"}}}),
            ),
        ];
        for (value, expected) in values {
            assert_eq!(serde_json::to_value(Typed(&value)).expect("serialises"), expected);
        }
    }
}
