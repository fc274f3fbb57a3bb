//! The pointer that the SQS Extended Client sends after storing a large payload in S3: the function
//! would have to fetch the message from there.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::DecodeError;

/// Recognises a pointer in any of its spellings; `None` for any other text.
///
/// The Java library writes a pair of a class name and an object
/// (`software.amazon.payloadoffloading.PayloadS3Pointer`, and
/// `com.amazon.sqs.javamessaging.MessageS3Pointer` before version 2); the Python library writes the
/// same; ports to other languages write the object alone, some of them capitalised.
pub(super) fn pointer(text: &str) -> Option<DecodeError> {
    let start = text.trim_start();
    if let Some(pair) = start.strip_prefix('[') {
        // A backfill reads pairs by the million, so look at the first string before parsing.
        let first = pair.trim_start().strip_prefix('"')?;
        let class = &first[..first.find('"')?];
        if !class.ends_with("S3Pointer") {
            return None;
        }
        let (_, object) = serde_json::from_str::<(IgnoredAny, &RawValue)>(text).ok()?;
        (!object.get().starts_with('[')).then(|| foreign(fields(object.get())))
    } else {
        let (bucket, key) = fields(text);
        (bucket.is_some() && key.is_some()).then(|| foreign((bucket, key)))
    }
}

/// Returns bucket and key of an object, ignoring its other fields.
fn fields(object: &str) -> (Option<String>, Option<String>) {
    let Ok(Object(object)) = serde_json::from_str(object) else { return (None, None) };
    let field = |name: &str| {
        let named = |key: &str| key.replace('_', "").eq_ignore_ascii_case(name);
        let (_, value) = object.iter().find(|(key, _)| named(key))?;
        value.as_str().map(str::to_owned)
    };
    (field("s3BucketName"), field("s3Key"))
}

/// The S3 fields of an object; other fields are skipped without building a tree.
struct Object(Map<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Object, A::Error> {
                let mut object = Map::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key.len() <= LONGEST_KEY && key.to_ascii_lowercase().starts_with("s3") {
                        object.insert(key, map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Object(object))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Maximum characters of a bucket or key to show. AWS: a bucket's name has up to 63 characters, a
/// key up to 1,024; few are that long.
const LONGEST_NAME: usize = 300;

/// Maximum length of a relevant field name: `s3_bucket_name` and some room.
const LONGEST_KEY: usize = 20;

fn foreign((bucket, key): (Option<String>, Option<String>)) -> DecodeError {
    let shown = |name: Option<String>| match name {
        Some(name) => format!("{:?}", name.chars().take(LONGEST_NAME).collect::<String>()),
        None => "not named".to_owned(),
    };
    DecodeError::Foreign {
        reason: format!(
            "the extended client's pointer to a payload in S3, bucket {}, key {}",
            shown(bucket),
            shown(key)
        ),
    }
}
