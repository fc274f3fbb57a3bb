//! File formats, detected by the first bytes.

use super::Compression;

/// Bytes needed to detect a format with magic bytes.
pub const MAGIC: usize = 8;

/// Start of an Amazon Ion text file, which is not JSON either.
const ION_TEXT: &[u8] = b"$ion_1_0";

/// Bytes needed to detect every format below, including tar's first header.
pub const HEAD: usize = 512;

/// Formats by their magic bytes. Some of these are letters that a text may also start with; they
/// count only if the rest is not text.
const FOREIGN: [(&[u8], &str); 20] = [
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\xff\x06\0\0sN", "Snappy"),
    (b"LZIP", "lzip"),
    (b"\x1f\x9d", "compress (.Z)"),
    (b"\x78\x01", "zlib"),
    (b"\x78\x9c", "zlib"),
    (b"\x78\xda", "zlib"),
    (b"PAR1", "parquet"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "avro"),
    (b"\xe0\x01\0\xea", "Amazon Ion"),
    (ION_TEXT, "Amazon Ion"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
];

/// Returns the compression of a file, or the name of its unsupported format as the error.
pub fn of_stored(head: &[u8]) -> Result<Compression, &'static str> {
    match past_skippable(head) {
        [0x1f, 0x8b, ..] => return Ok(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Ok(Compression::Zstd),
        // A long skippable frame hides the next one; of the formats with such frames, only zstd is
        // supported.
        [] if !head.is_empty() => return Ok(Compression::Zstd),
        rest if is_skippable(rest) => return Ok(Compression::Zstd),
        rest if rest.len() < head.len() => match foreign(rest) {
            Some(format) => return Err(format),
            None => return Ok(Compression::Zstd),
        },
        _ => {}
    }
    match foreign(head) {
        Some(format) => Err(format),
        None if is_tar(head) => Err("a tar archive"),
        None => Ok(Compression::None),
    }
}

/// Checks that decompressed content is text; the error names its format.
pub fn of_content(head: &[u8]) -> Result<(), &'static str> {
    match of_stored(head) {
        Ok(Compression::None) => Ok(()),
        Ok(Compression::Gzip) => Err("gzip within another compression"),
        Ok(Compression::Zstd) => Err("zstd within another compression"),
        Err(format) => Err(format),
    }
}

/// Returns whether the first bytes can start JSON, so that no more are needed to detect the format.
pub fn may_be_json(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    match text.iter().position(|byte| !byte.is_ascii_whitespace()) {
        None => true,
        Some(first) => matches!(text[first], b'[' | b'{') && !text.contains(&0),
    }
}

fn foreign(head: &[u8]) -> Option<&'static str> {
    let known = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic));
    match (known, head) {
        (Some((magic, format)), _) if !is_text(head) || *magic == ION_TEXT => Some(format),
        // UTF-16 text without a byte order mark: every other byte of its JSON is zero.
        (None, [0, b'[' | b'{', 0, ..] | [b'[' | b'{', 0, _, 0, ..]) => Some("UTF-16 text"),
        _ => None,
    }
}

/// Returns whether the bytes may be text: UTF-8 without control characters except whitespace.
fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may be incomplete.
        Err(error) => error.error_len().is_none(),
    };
    let control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    whole && !head.iter().any(control)
}

/// Returns whether a skippable frame starts here. RFC 8878, 3.1.2: magic numbers 0x184D2A50 to
/// 0x184D2A5F, little-endian.
fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// Returns the bytes after the skippable frames at the start, as far as they are available.
fn past_skippable(mut head: &[u8]) -> &[u8] {
    while is_skippable(head) {
        let Some(size) = head.get(4..8).and_then(|size| size.try_into().ok()) else {
            return head;
        };
        let size = usize::try_from(u32::from_le_bytes(size)).unwrap_or(usize::MAX);
        head = head.get(size.saturating_add(8)..).unwrap_or_default();
    }
    head
}

/// Returns whether this is tar's first header, of any version: its checksum is the sum of its
/// bytes, with spaces in place of the checksum (POSIX.1-1988, ustar; the same in V7 and GNU tar).
fn is_tar(head: &[u8]) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.get(..HEAD) else { return false };
    let digits = |byte: &&u8| !matches!(**byte, b' ' | 0);
    let mut sum = 0_u32;
    for digit in header[CHECKSUM].iter().skip_while(|byte| **byte == b' ').take_while(digits) {
        match digit {
            b'0'..=b'7' => sum = sum * 8 + u32::from(digit - b'0'),
            _ => return false,
        }
    }
    let bytes = header.iter().enumerate();
    let byte = |(at, byte): (usize, &u8)| if CHECKSUM.contains(&at) { b' ' } else { *byte };
    sum > 0 && bytes.map(byte).map(u32::from).sum::<u32>() == sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds a tar header, with or without `ustar`.
    fn tar(name: &str, magic: &[u8]) -> Vec<u8> {
        let mut header = vec![0; HEAD];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(b"00000000012\0");
        header[156] = b'0';
        header[257..257 + magic.len()].copy_from_slice(magic);
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header
    }

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        for text in
            [&b"[1,[2]]"[..], b"", b"\x1f", b"\xef\xbb\xbf[1", b"x", &[b' '; HEAD], &[0; HEAD]]
        {
            assert_eq!(of_stored(text), Ok(Compression::None), "{text:?}");
        }
        assert_eq!(of_stored(b"\x1f\x8b\x08\0"), Ok(Compression::Gzip));
        assert_eq!(of_stored(b"\x28\xb5\x2f\xfd"), Ok(Compression::Zstd));
        for (magic, format) in FOREIGN {
            assert_eq!(of_stored(&[magic, &b"\x01\xff....."[..]].concat()), Err(format));
        }
        for text in
            ["BZh", "BZh-7\n", "PAR1-0007\nPAR1-0008\n", "ORCHID\n", "LZIPé\r\n", "x\u{6c1}-1\n"]
        {
            assert_eq!(of_stored(text.as_bytes()), Ok(Compression::None), "{text}");
        }
        // Cut inside a character.
        assert_eq!(of_stored(&"ORCé".as_bytes()[..4]), Ok(Compression::None));
        assert_eq!(of_stored(b"[\x001\x00,\x00"), Err("UTF-16 text"));
        assert_eq!(of_stored(b"\0[\x001\x00,"), Err("UTF-16 text"));
    }

    #[test]
    fn zstd_may_begin_with_skippable_frames() {
        let frame = |magic: u8, size: u32| {
            let mut frame = vec![magic, 0x2a, 0x4d, 0x18];
            frame.extend(size.to_le_bytes());
            frame.extend(vec![7; size.min(600) as usize]);
            frame
        };
        let zstd = b"\x28\xb5\x2f\xfd....".to_vec();
        for magic in 0x50..=0x5f {
            let file = [frame(magic, 4), zstd.clone()].concat();
            assert_eq!(of_stored(&file), Ok(Compression::Zstd), "{magic:x}");
        }
        let several = [frame(0x50, 0), frame(0x5a, 12), zstd].concat();
        for file in [several, frame(0x51, 4), frame(0x51, u32::MAX), frame(0x51, 1)[..6].to_vec()] {
            assert_eq!(of_stored(&file), Ok(Compression::Zstd), "{file:?}");
        }
        // lz4 has the same skippable frames.
        let lz4 = [frame(0x50, 4), b"\x04\x22\x4d\x18....".to_vec()].concat();
        assert_eq!(of_stored(&lz4), Err("lz4"));
    }

    #[test]
    fn tar_archives_of_every_age_are_known_by_their_checksum() {
        for magic in [&b"ustar\x0000"[..], b"ustar  \0", b""] {
            for name in ["recs.jsonl", "[a", "1"] {
                assert_eq!(of_stored(&tar(name, magic)), Err("a tar archive"), "{name} {magic:?}");
            }
        }
        let mut broken = tar("recs.jsonl", b"ustar");
        broken[0] ^= 1;
        assert_eq!(of_stored(&broken), Ok(Compression::None));
        assert_eq!(of_content(&tar("x", b"ustar")), Err("a tar archive"));
        assert_eq!(of_content(b"\x1f\x8b\x08\0"), Err("gzip within another compression"));
    }

    #[test]
    fn text_needs_no_more_than_its_first_bytes() {
        for head in [&b"[1,[2]]"[..], b"  \n\t", b"", b"\xef\xbb\xbf {"] {
            assert!(may_be_json(head), "{head:?}");
        }
        for head in [&b"recs.jso"[..], b"{\0\0\0", b"\x1f\x8b"] {
            assert!(!may_be_json(head), "{head:?}");
        }
    }
}
