//! SQS's checks before a message is stored, and its rule for the size of a message.

use std::collections::{BTreeMap, HashSet};

use super::error::{ErrorKind, SqsError};
use super::message::AttributeValue;

/// AWS: SendMessage accepts 1 MiB per message, SendMessageBatch 1 MiB per batch.
pub(crate) const MAX_BYTES: usize = 1_048_576;
/// AWS: a message has at most 10 attributes.
const MAX_ATTRIBUTES: usize = 10;
/// AWS: batch operations accept 10 entries.
const MAX_ENTRIES: usize = 10;

/// AWS, "Quotas related to queues": a queue has up to 50 tags.
const MAX_TAGS: usize = 50;

/// Refuses tags that break the documented rules. AWS, "Quotas related to queues": keys have 1 to 128
/// characters, values up to 256: letters, digits, spaces and `_ . : / = + - @`.
pub(crate) fn tags(tags: &BTreeMap<String, String>) -> Result<(), SqsError> {
    if tags.len() > MAX_TAGS {
        let reason = format!("a queue has at most {MAX_TAGS} tags");
        return Err(SqsError::invalid("Tags", tags.len(), &reason));
    }
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let fits = |text: &str, most: usize| text.chars().count() <= most && text.chars().all(allowed);
    for (key, value) in tags {
        if key.is_empty() || !fits(key, 128) || key.to_lowercase().starts_with("aws:") {
            let reason = "keys have 1 to 128 letters, digits, spaces and _.:/=+-@, and do not \
                          begin with aws:";
            return Err(SqsError::invalid("TagKey", key, reason));
        }
        if !fits(value, 256) {
            let reason = "values have at most 256 letters, digits, spaces and _.:/=+-@";
            return Err(SqsError::invalid("TagValue", value, reason));
        }
    }
    Ok(())
}

/// Returns the size of a message in bytes: its body, and the name, type and value of every
/// attribute. System attributes do not count.
pub(crate) fn size(body: &str, attributes: &BTreeMap<String, AttributeValue>) -> usize {
    body.len() + attributes.iter().map(|(name, value)| name.len() + value.size()).sum::<usize>()
}

/// Refuses a body that is empty or holds a character outside XML 1.0's set.
pub(crate) fn body(text: &str) -> Result<(), SqsError> {
    if text.is_empty() {
        return Err(SqsError::missing("MessageBody"));
    }
    characters(text, "message body")
}

/// AWS: `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`.
fn characters(text: &str, place: &str) -> Result<(), SqsError> {
    let forbidden = |c: &char| match *c {
        '\t' | '\n' | '\r' => false,
        c => c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}'),
    };
    match text.chars().find(forbidden) {
        None => Ok(()),
        Some(c) => Err(SqsError::new(
            ErrorKind::InvalidMessageContents,
            format!(
                "invalid character #x{:X} was found in the {place}; allowed are #x9 | #xA | #xD | \
                 #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
                u32::from(c)
            ),
        )),
    }
}

/// Refuses attributes that break the documented rules on number, names, types and values.
pub(crate) fn attributes(attributes: &BTreeMap<String, AttributeValue>) -> Result<(), SqsError> {
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(SqsError::new(
            ErrorKind::InvalidParameterValue,
            format!(
                "number of message attributes [{}] exceeds the allowed maximum [{MAX_ATTRIBUTES}]",
                attributes.len()
            ),
        ));
    }
    attributes.iter().try_for_each(|(name, value)| {
        attribute_name(name)?;
        attribute_value(name, value)
    })
}

fn attribute_name(name: &str) -> Result<(), SqsError> {
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let lower = name.to_ascii_lowercase();
    let reason = if name.is_empty() || name.len() > 256 {
        "attribute names have 1 to 256 characters"
    } else if !name.bytes().all(alphabet) {
        "attribute names are made of A-Z, a-z, 0-9, '_', '-' and '.'"
    } else if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        "attribute names neither begin nor end with '.' nor repeat it"
    } else if lower.starts_with("aws.") || lower.starts_with("amazon.") {
        "attribute names must not begin with the reserved prefixes AWS. and Amazon."
    } else {
        return Ok(());
    };
    Err(SqsError::invalid("MessageAttributes", name, reason))
}

fn attribute_value(name: &str, value: &AttributeValue) -> Result<(), SqsError> {
    let refuse = |reason: &str| Err(SqsError::invalid("MessageAttributes", name, reason));
    if value.data_type.len() > 256 {
        return refuse("data types have at most 256 characters");
    }
    let kind = value.data_type.split('.').next().unwrap_or_default();
    match (kind, &value.string_value, &value.binary_value) {
        ("String" | "Number", Some(text), None) => {
            if text.is_empty() {
                return refuse("the value must not be empty");
            }
            if kind == "Number" && text.trim().parse::<f64>().is_err() {
                return refuse("the value cannot be cast to a number");
            }
            characters(text, "message attribute")
        }
        ("Binary", None, Some(bytes)) if bytes.is_empty() => refuse("the value must not be empty"),
        ("Binary", None, Some(_)) => Ok(()),
        ("String" | "Number" | "Binary", ..) => {
            refuse("it must contain the one value field that fits its data type")
        }
        _ => refuse("the data type must be String, Number or Binary, perhaps with a label"),
    }
}

/// Returns the trace header from a send's system attributes.
///
/// AWS: `AWSTraceHeader` is the only one supported, and its type is `String`.
pub(crate) fn trace_header(
    attributes: &BTreeMap<String, AttributeValue>,
) -> Result<Option<String>, SqsError> {
    let mut header = None;
    for (name, value) in attributes {
        match (name.as_str(), value.data_type.as_str(), &value.string_value) {
            ("AWSTraceHeader", "String", Some(text)) if !text.is_empty() => {
                header = Some(text.clone());
            }
            _ => {
                let reason = "only AWSTraceHeader is supported, with data type String and a value";
                return Err(SqsError::invalid("MessageSystemAttributes", name, reason));
            }
        }
    }
    Ok(header)
}

/// AWS: group and deduplication ids have 1 to 128 ASCII letters, digits and punctuation marks.
pub(crate) fn short_id(parameter: &str, id: &str) -> Result<(), SqsError> {
    let fits = (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        return Ok(());
    }
    let reason = "it must have 1 to 128 letters, digits and punctuation marks";
    Err(SqsError::invalid(parameter, format_args!("{id:?}"), reason))
}

/// Refuses a number outside `range`, which includes both ends.
pub(crate) fn in_range(
    parameter: &str,
    value: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<u64, SqsError> {
    if range.contains(&value)
        && let Ok(value) = u64::try_from(value)
    {
        return Ok(value);
    }
    let reason = format!("must be between {} and {}", range.start(), range.end());
    Err(SqsError::invalid(parameter, value, &reason))
}

/// Checks the rules that all batch operations share: 1 to 10 entries with unique ids of
/// `[A-Za-z0-9_-]{1,80}`.
pub(crate) fn batch<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> Result<(), SqsError> {
    if ids.len() == 0 {
        return Err(SqsError::new(
            ErrorKind::EmptyBatchRequest,
            "there should be at least one entry in the request",
        ));
    }
    if ids.len() > MAX_ENTRIES {
        return Err(SqsError::new(
            ErrorKind::TooManyEntriesInBatchRequest,
            format!(
                "maximum number of entries per request are {MAX_ENTRIES}; you have sent {}",
                ids.len()
            ),
        ));
    }
    let mut seen = HashSet::with_capacity(MAX_ENTRIES);
    for id in ids {
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if !(1..=80).contains(&id.len()) || !id.bytes().all(alphabet) {
            return Err(SqsError::new(
                ErrorKind::InvalidBatchEntryId,
                format!("a batch entry id has 1 to 80 letters, digits, '-' and '_': {id:?}"),
            ));
        }
        if !seen.insert(id) {
            return Err(SqsError::new(
                ErrorKind::BatchEntryIdsNotDistinct,
                format!("id {id} repeated"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_counts_names_types_and_values() {
        let value = AttributeValue::labelled("Number.int", "42");
        let attributes = BTreeMap::from([("ab".to_owned(), value)]);
        assert_eq!(size("xyz", &attributes), 3 + 2 + 10 + 2);
        assert_eq!(size("é", &BTreeMap::new()), 2);
    }
}
