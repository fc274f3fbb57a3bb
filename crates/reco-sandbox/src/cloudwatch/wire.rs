//! CloudWatch on the wire: request bodies (gzip or plain), typed reading and writing in CBOR or JSON,
//! and numbers and times, which clients may encode in more than one way.

use super::error::CloudwatchError;
use crate::http::{AWS_JSON, Request};
use async_compression::tokio::bufread::GzipDecoder;
use ciborium::Value;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::io::AsyncReadExt;

/// CBOR tag 1: seconds since the epoch (RFC 8949, section 3.4.2).
const EPOCH_TAG: u64 = 1;
/// AWS: a PutMetricData request takes at most 1 MB; other calls are smaller.
const MAX_BODY_BYTES: u64 = 1_000_000;

/// Returns the request's body, decompressed. SDKs gzip a PutMetricData body above 10 KB.
pub async fn body_of(request: &Request) -> Result<Vec<u8>, CloudwatchError> {
    let encoding = request.headers().get("content-encoding");
    let too_large = || {
        CloudwatchError::too_large(format!(
            "Request size exceeds the limit of {MAX_BODY_BYTES} bytes."
        ))
    };
    match encoding.map(|encoding| encoding.as_bytes()) {
        None | Some(b"identity") => {
            if request.body().len() as u64 > MAX_BODY_BYTES {
                return Err(too_large());
            }
            Ok(request.body().to_vec())
        }
        Some(b"gzip") => {
            let mut body = Vec::new();
            GzipDecoder::new(&request.body()[..])
                .take(MAX_BODY_BYTES + 1)
                .read_to_end(&mut body)
                .await
                .map_err(|error| {
                    CloudwatchError::serialization(format!("not a gzip body: {error}"))
                })?;
            if body.len() as u64 > MAX_BODY_BYTES {
                return Err(too_large());
            }
            Ok(body)
        }
        Some(_) => Err(CloudwatchError::serialization("unsupported Content-Encoding")),
    }
}

/// The two protocols of CloudWatch: the Rust SDK uses the first, boto3 the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// rpc-v2-cbor.
    Cbor,
    /// awsJson 1.0.
    Json,
}

impl Format {
    /// Returns the media type of requests and answers.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Cbor => "application/cbor",
            Self::Json => AWS_JSON,
        }
    }

    /// Reads a typed input; an empty body counts as an empty input.
    pub fn read<T: DeserializeOwned>(self, body: &[u8]) -> Result<T, CloudwatchError> {
        const EMPTY_MAP: &[u8] = &[0xa0];
        match self {
            Self::Cbor => {
                let body = if body.is_empty() { EMPTY_MAP } else { body };
                ciborium::from_reader(body)
                    .map_err(|error| CloudwatchError::serialization(error.to_string()))
            }
            Self::Json => {
                let body = if body.is_empty() { b"{}" } else { body };
                serde_json::from_slice(body)
                    .map_err(|error| CloudwatchError::serialization(error.to_string()))
            }
        }
    }

    /// Writes a typed output.
    pub fn write<T: Serialize>(self, output: &T) -> Result<Vec<u8>, CloudwatchError> {
        let mut body = Vec::new();
        match self {
            Self::Cbor => ciborium::into_writer(output, &mut body)
                .map_err(|error| CloudwatchError::serialization(error.to_string()))?,
            Self::Json => serde_json::to_writer(&mut body, output)
                .map_err(|error| CloudwatchError::serialization(error.to_string()))?,
        }
        Ok(body)
    }
}

/// The output of a call that answers nothing.
#[derive(Serialize)]
pub struct Nothing {}

/// A number, in any CBOR type that a client may choose.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct AnyNumber(pub f64);

impl<'de> Deserialize<'de> for AnyNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        number(&Value::deserialize(deserializer)?)
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected a number"))
    }
}

/// Seconds since the epoch; CBOR marks them with tag 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Epoch(pub f64);

impl Epoch {
    /// Returns whole seconds, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.floor() as i64
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = match Value::deserialize(deserializer)? {
            Value::Tag(EPOCH_TAG, inner) => *inner,
            other => other,
        };
        number(&value)
            .filter(|seconds| seconds.is_finite())
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected a timestamp"))
    }
}

impl Serialize for Epoch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_f64(self.0);
        }
        Value::Tag(EPOCH_TAG, Box::new(Value::Float(self.0))).serialize(serializer)
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(i128::from(*number) as f64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_tag_1_and_read_back_from_integers_and_floats() {
        let body = Format::Cbor.write(&Epoch(1_700_000_000.0)).expect("written");
        assert_eq!(body[0], 0xc1, "tag 1");
        assert_eq!(Format::Cbor.read::<Epoch>(&body), Ok(Epoch(1_700_000_000.0)));
        let integer = [0xc1, 0x1a, 0x65, 0x53, 0xf1, 0x00];
        assert_eq!(Format::Cbor.read::<Epoch>(&integer), Ok(Epoch(1_700_000_000.0)));
        assert!(Format::Cbor.read::<Epoch>(&[0x61, b'x']).is_err());
    }

    #[test]
    fn times_are_plain_numbers_in_json() {
        assert_eq!(
            Format::Json.write(&Epoch(1_700_000_000.5)).as_deref(),
            Ok(&b"1700000000.5"[..])
        );
        assert_eq!(Format::Json.read::<Epoch>(b"1700000000"), Ok(Epoch(1_700_000_000.0)));
        assert!(Format::Json.read::<Epoch>(b"\"2026-01-15\"").is_err());
    }
}
