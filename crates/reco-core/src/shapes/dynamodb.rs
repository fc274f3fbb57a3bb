//! DynamoDB JSON: `{"Item": {...}}` of a full export and of `--emit`, and the change records of an
//! incremental export.
//!
//! AWS: "DynamoDB table export output format": a line of a full export has `Item`, one of an
//! incremental export `Keys`, and `NewImage` unless the item was deleted.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::{Shaped, malformed};
use crate::Time;
use crate::clip::clip_id;
use crate::decode::{DecodeError, Decoded, decode, deletion};
use crate::item::{KeyType, Schema};

type Attributes = Map<String, Value>;

/// A line of an export.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Line {
    #[serde(default)]
    item: Option<Attributes>,
    #[serde(default)]
    new_image: Option<Attributes>,
    #[serde(default)]
    keys: Option<Attributes>,
    #[serde(default, deserialize_with = "present")]
    metadata: bool,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// Parses a line; `None` if it has another shape.
pub fn line(text: &str) -> Option<Line> {
    // Cheap test: only a line with one of these keys is parsed.
    if !["\"Item\"", "\"Keys\""].iter().any(|key| text.contains(key)) {
        return None;
    }
    let line: Line = serde_json::from_str(text).ok()?;
    let changed = line.keys.is_some() && (line.new_image.is_some() || line.metadata);
    (line.item.is_some() || changed).then_some(line)
}

impl Line {
    pub fn read(self, text: &str, schema: &Schema) -> Result<Shaped, DecodeError> {
        let Line { item, new_image, keys, .. } = self;
        let (attributes, gone) = match item.or(new_image) {
            Some(item) => (item, false),
            None => (keys.unwrap_or_default(), true),
        };
        let Some(user) = user(text, &attributes, schema)? else { return Ok(Shaped::Other) };
        if !gone {
            return list(text, user, &attributes, schema).map(Shaped::Decoded);
        }
        let plain = json!({ "user_id": user, "delete": true }).to_string();
        let deletion =
            deletion(&plain)?.ok_or_else(|| malformed(text, "a deletion without a user"))?;
        Ok(Shaped::Deletion(deletion))
    }
}

/// Converts the item to an item line, so that ids and times are read by the same rules.
fn list(
    text: &str,
    user: Value,
    item: &Attributes,
    schema: &Schema,
) -> Result<Decoded, DecodeError> {
    let mut plain = Map::new();
    plain.insert("user_id".to_owned(), user);
    let name = &schema.list_attr;
    let list = item.get(name).ok_or_else(|| missing(text, "item", name, item))?;
    let Some(Value::Array(elements)) = list.get("L") else {
        let what = type_of(list);
        return Err(malformed(text, format!("{name:?} is {what}, not a list of ids in order")));
    };
    let ids = elements.iter().enumerate().map(|(rank, id)| {
        let what = || format!("{name:?} at rank {} is {}, not an id", rank + 1, type_of(id));
        self::id(id).ok_or_else(|| malformed(text, what()))
    });
    let ids: Vec<Value> = ids.collect::<Result<_, _>>()?;
    plain.insert("recommended_note_ids".to_owned(), ids.into());
    let name = &schema.generated_at_attr;
    let time = item.get(name).map(|value| time(value, schema)).transpose();
    let time = time.map_err(|what| malformed(text, format!("{name:?} {what}")))?.flatten();
    let mut decoded = decode(&Value::Object(plain).to_string()).map_err(|error| match error {
        // Positions refer to the converted line.
        DecodeError::Malformed { reason, .. } => malformed(text, reason),
        foreign => foreign,
    })?;
    // Not converted: a number of `Value` is a float, which is not exact to the nanosecond.
    for entry in &mut decoded.entries {
        entry.recommendation.generated_at = time;
    }
    Ok(decoded)
}

/// Returns the user of the item; `None` for an item of another kind in a shared table.
fn user(text: &str, item: &Attributes, schema: &Schema) -> Result<Option<Value>, DecodeError> {
    let name = &schema.user_attr;
    let value = item.get(name).ok_or_else(|| missing(text, "item", name, item))?;
    let what = || format!("{name:?} is {}, not an id", type_of(value));
    let id = id(value).ok_or_else(|| malformed(text, what()))?;
    if !schema.is_shared() {
        return Ok(Some(id));
    }
    let sort = schema.sort.as_ref().and_then(|sort| scalar(item.get(&sort.name)?));
    let user = scalar(value).and_then(|partition| schema.user_of_key(partition, sort));
    Ok(user.map(|user| json!(user)))
}

/// Returns the text of a Number or a String.
fn scalar(value: &Value) -> Option<&str> {
    value.get("N").or(value.get("S"))?.as_str()
}

fn missing(text: &str, what: &str, name: &str, item: &Attributes) -> DecodeError {
    let mut keys: Vec<String> =
        item.keys().take(5).map(|key| format!("{:?}", clip_id(key))).collect();
    if item.len() > keys.len() {
        keys.push("...".to_owned());
    }
    let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
    malformed(text, format!("{what} without the attribute {name:?}; it has {keys}"))
}

/// Converts an id: a Number to a JSON number if that is exact, else to a string; a String to a
/// string.
fn id(value: &Value) -> Option<Value> {
    if let Some(Value::String(text)) = value.get("S") {
        return Some(text.as_str().into());
    }
    let Some(Value::String(text)) = value.get("N") else { return None };
    Some(match crate::Id::from(text.as_str()).as_integer() {
        Some(number) => match (i64::try_from(number), u64::try_from(number)) {
            (Ok(number), _) => number.into(),
            (_, Ok(number)) => number.into(),
            _ => text.as_str().into(),
        },
        None => text.as_str().into(),
    })
}

/// Returns the item's time, in any form that a table may hold.
fn time(value: &Value, schema: &Schema) -> Result<Option<Time>, String> {
    let (kind, text) = match (value.get("N"), value.get("S"), value.get("NULL")) {
        (Some(Value::String(text)), ..) => (KeyType::N, text),
        (_, Some(Value::String(text)), _) => (KeyType::S, text),
        (.., Some(_)) => return Ok(None),
        _ => return Err(format!("is {}, not a time", type_of(value))),
    };
    let read = Time::from_stored(schema.time_form, kind, text);
    read.map(Some).map_err(|error| format!("{} {error}", clip_id(text)))
}

/// Returns the type name of an attribute.
fn type_of(value: &Value) -> String {
    let known = ["N", "S", "L", "M", "B", "BOOL", "NULL", "NS", "SS", "BS"];
    let name = value.as_object().and_then(|value| value.keys().next());
    match name.map(String::as_str) {
        Some(name @ ("NS" | "SS" | "BS")) => format!("a set ({name}), which has no order"),
        Some(name) if known.contains(&name) => format!("of type {name}"),
        _ => "not in DynamoDB JSON".to_owned(),
    }
}
