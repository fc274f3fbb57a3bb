//! Lines of two shapes at once: which of them is meant is not certain.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::malformed;
use crate::decode::{DecodeError, present, reason_of};

/// The keys by which shapes are told.
#[derive(Deserialize)]
struct Marks<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    data: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    recommended_note_ids: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    delete: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Item", deserialize_with = "present")]
    item: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "NewImage", deserialize_with = "present")]
    new_image: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Keys", deserialize_with = "present")]
    keys: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Metadata", deserialize_with = "present")]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    input: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    output: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Records", deserialize_with = "present")]
    records: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "requestPayload", deserialize_with = "present")]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "detail-type", deserialize_with = "present")]
    detail_type: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    detail: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Type", deserialize_with = "present")]
    sns_type: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Message", deserialize_with = "present")]
    sns_message: Option<&'a RawValue>,
}

/// Keys of which a line has one at most, unless it is of two shapes. The keys of lists and
/// envelopes are not among them: what these mean beside each other is the decoder's matter.
const MARKS: [&str; 6] =
    ["\"delete\"", "\"Item\"", "\"NewImage\"", "\"Keys\"", "\"output\"", "\"input\""];

/// Makes sure that a line of a file is of one shape only. Lines that are no JSON objects are left to
/// the decoder.
///
/// # Errors
/// [`DecodeError::Malformed`] names the two keys that do not go together, or the key given twice.
pub fn check_one(text: &str) -> Result<(), DecodeError> {
    // A letter of a key may be written as its number.
    let may_be = |key: &&str| text.contains(*key);
    if !text.trim_ascii_start().starts_with('{')
        || !(MARKS.iter().any(may_be) || text.contains("\\u"))
    {
        return Ok(());
    }
    let marks = match serde_json::from_str::<Marks<'_>>(text) {
        Ok(marks) => marks,
        // A key that stands there twice; each would say something of its own.
        Err(error) if error.is_data() => return Err(malformed(text, reason_of(&error))),
        Err(_) => return Ok(()),
    };
    let found = marks.shapes();
    match &found[..] {
        [one, other, ..] => {
            let reason = format!("both `{one}` and `{other}`: use only one of them");
            Err(malformed(text, reason))
        }
        _ => Ok(()),
    }
}

impl Marks<'_> {
    /// The shapes that a line has, by a key of each.
    fn shapes(&self) -> Vec<&'static str> {
        let delete = self.delete.is_some();
        let has = |value: Option<&RawValue>, key: &str| {
            let value = value.and_then(|value| serde_json::from_str::<Value>(value.get()).ok());
            value.is_some_and(|value| value.get(key).is_some())
        };
        let is_object = |value: Option<&RawValue>| value.is_some_and(|v| v.get().starts_with('{'));
        // Beside a removal, which cannot be undone, what only may be a list is one.
        let item = is_object(self.item) || (delete && self.item.is_some());
        let image = is_object(self.new_image) || (delete && self.new_image.is_some());
        let keys = self.keys.is_some() && (delete || self.metadata.is_some());
        let output = has(self.output, "recommendedItems") || (delete && self.output.is_some());
        let input = has(self.input, "userId") || (delete && self.input.is_some());
        let others = [
            (item, "Item"),
            (image || keys, if image { "NewImage" } else { "Keys" }),
            (output || input, if output { "output" } else { "input" }),
        ];
        let own = [
            (delete, "delete"),
            (self.data.is_some(), "data"),
            (self.recommended_note_ids.is_some(), "recommended_note_ids"),
        ];
        let envelopes = [
            (self.records.is_some(), "Records"),
            (self.payload.is_some(), "requestPayload"),
            (self.detail_type.is_some() && self.detail.is_some(), "detail"),
            (
                self.sns_message.is_some()
                    && self.sns_type.is_some_and(|kind| kind.get() == "\"Notification\""),
                "Message",
            ),
        ];
        let of = |shapes: &[(bool, &'static str)]| -> Vec<&'static str> {
            shapes.iter().filter(|(has, _)| *has).map(|(_, key)| *key).collect()
        };
        let others = of(&others);
        // Lists and envelopes beside each other are the decoder's matter.
        if others.is_empty() && !delete {
            return Vec::new();
        }
        [of(&own), others, of(&envelopes)].concat()
    }
}
