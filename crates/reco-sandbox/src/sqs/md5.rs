//! Digests that SQS returns so that a client can verify what arrived.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use super::message::AttributeValue;

/// Transport type of text values.
const STRING_TRANSPORT: u8 = 1;
/// Transport type of binary values.
const BINARY_TRANSPORT: u8 = 2;

/// Returns the MD5 of `bytes` in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    render(&Md5::digest(bytes))
}

/// Returns the MD5 of message attributes, `None` when there are none.
///
/// AWS: "Calculating the MD5 message digest for message attributes": attributes sorted by name;
/// for each the name, the data type (custom label included) and the value, each preceded by its
/// length as four big-endian bytes, and before the value one byte for its transport.
pub(crate) fn attributes(attributes: &BTreeMap<String, AttributeValue>) -> Option<String> {
    let mut digest = Md5::new();
    for (name, value) in attributes {
        feed(&mut digest, name.as_bytes());
        feed(&mut digest, value.data_type.as_bytes());
        match (&value.string_value, &value.binary_value) {
            (_, Some(bytes)) => {
                digest.update([BINARY_TRANSPORT]);
                feed(&mut digest, bytes);
            }
            (text, None) => {
                digest.update([STRING_TRANSPORT]);
                feed(&mut digest, text.as_deref().unwrap_or_default().as_bytes());
            }
        }
    }
    (!attributes.is_empty()).then(|| render(&digest.finalize()))
}

fn feed(digest: &mut Md5, bytes: &[u8]) {
    // The length always fits: messages have at most 1 MiB.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    digest.update(length.to_be_bytes());
    digest.update(bytes);
}

fn render(digest: &[u8]) -> String {
    use std::fmt::Write;
    digest.iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_digest_is_plain_md5() {
        assert_eq!(hex(b"hello world"), "5eb63bbbe01eeed093cb22bb8f5acdc3");
    }

    #[test]
    fn attribute_digest_follows_the_documented_layout() {
        // Laid out by hand from the documented algorithm, independent of `feed`.
        let mut bytes = Vec::new();
        bytes.extend([0, 0, 0, 1, b'a', 0, 0, 0, 10]);
        bytes.extend(b"Number.int");
        bytes.extend([1, 0, 0, 0, 2, b'4', b'2']);
        bytes.extend([0, 0, 0, 1, b'b', 0, 0, 0, 6]);
        bytes.extend(b"Binary");
        bytes.extend([2, 0, 0, 0, 2, 0, 255]);
        let attributes_in_any_order = BTreeMap::from([
            ("b".to_owned(), AttributeValue::binary([0, 255])),
            ("a".to_owned(), AttributeValue::labelled("Number.int", "42")),
        ]);
        assert_eq!(attributes(&attributes_in_any_order), Some(hex(&bytes)));
    }

    #[test]
    fn no_attributes_no_digest() {
        assert_eq!(attributes(&BTreeMap::new()), None);
    }
}
