//! DynamoDB JSON: a planned item as one line of a file that `ImportTable` and `StartBulkPutItems`
//! read from S3.
//!
//! AWS: "DynamoDB import formats", DynamoDB JSON: one `{"Item": {...}}` per line, each attribute an
//! object of its type's name and its value, numbers as strings.

use reco_core::item::{PlannedItem, Schema};

use crate::encode::sorted_attributes;

/// Returns the item that the writer would put, as a line without its newline. Attributes are sorted
/// by name, so that equal items give equal lines.
#[must_use]
pub fn line(item: &PlannedItem, schema: &Schema) -> Vec<u8> {
    [&br#"{"Item":"#[..], &sorted_attributes(item, schema), b"}"].concat()
}

#[cfg(test)]
mod tests {
    use reco_core::item::KeyType;
    use reco_core::{Id, Recommendation};

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
        let line = String::from_utf8(line(&item, &schema)).expect("UTF-8");
        let expected = concat!(
            r#"{"Item":{"generated_at":{"N":"1768446000"},"#,
            r#""recommended_note_ids":{"L":[{"N":"30"},{"N":"4"}]},"user_id":{"S":"é\"\n"}}}"#,
        );
        assert_eq!(line, expected);
    }
}
