//! Files that are read whole, such as lists of ids and plans.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::io::AsyncBufReadExt;

use super::{Reader, source};
use crate::error::{Error, Result};

/// Maximum consecutive line breaks kept; line numbers beyond that mean nothing.
const MOST_BREAKS: usize = 512 * 1024;

/// Maximum bytes read, as a multiple of the maximum kept: a pipe of line breaks may be endless.
const MOST_READ: u64 = 8;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Strips the byte order mark that some editors put at the start.
pub fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(BOM).unwrap_or(text)
}

/// Reads a whole file, decompressed and without a byte order mark. It may be a pipe without a
/// writer: the runtime's threads do not block on it, and the future may be dropped.
///
/// # Errors
/// Fails if it cannot be read, is not UTF-8, or has more than `limit` bytes.
pub async fn read_text(name: &Path, limit: u64) -> Result<String> {
    let mut source = source(name).await?;
    let shown = source.name.clone();
    let failed = || Error::input(format!("cannot read {shown}"));
    let opened = source.open(0, Arc::new(AtomicU64::new(0))).await;
    let mut reader = opened.map_err(|reason| failed().cause(reason))?;
    let read = read_bounded(&mut reader, limit).await.map_err(|error| failed().because(&error))?;
    let Some(bytes) = read else {
        let most = reco_core::human::bytes(limit);
        return Err(failed().cause(format!("it is larger than the limit of {most}")));
    };
    let text = std::str::from_utf8(without_bom(&bytes));
    text.map(str::to_owned)
        .map_err(|error| failed().cause(format!("it is not UTF-8 at byte {}", error.valid_up_to())))
}

/// Reads all bytes, dropping line breaks beyond [`MOST_BREAKS`] in a row; `None` if more than
/// `limit`.
async fn read_bounded(reader: &mut Reader, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let (mut kept, mut read, mut breaks) = (Vec::new(), 0_u64, 0);
    loop {
        let bytes = reader.fill_buf().await?;
        if bytes.is_empty() {
            return Ok(Some(kept));
        }
        let length = bytes.len();
        let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
        // No branch per byte, so that archives full of line breaks are skipped at once.
        if bytes.iter().fold(true, |all, byte| all & is_break(byte)) {
            let room = MOST_BREAKS.saturating_sub(breaks).min(length);
            kept.extend_from_slice(&bytes[..room]);
            breaks += length;
        } else {
            kept.extend_from_slice(bytes);
            breaks = bytes.iter().rev().take_while(|byte| is_break(byte)).count();
        }
        reader.consume(length);
        read += length as u64;
        if kept.len() as u64 > limit || read > limit.saturating_mul(MOST_READ) {
            return Ok(None);
        }
        // A decompressor never blocks, so yield to other tasks.
        tokio::task::consume_budget().await;
    }
}

/// Serialization of paths: as text, or as bytes if they are not UTF-8.
pub mod as_text {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Text(String),
        Bytes(Vec<u8>),
    }

    /// Serializes a path.
    ///
    /// # Errors
    /// Fails if the serializer does.
    pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        match path.to_str() {
            Some(text) => Kept::Text(text.to_owned()),
            None => Kept::Bytes(path.as_os_str().as_encoded_bytes().to_vec()),
        }
        .serialize(serializer)
    }

    /// Deserializes a path.
    ///
    /// # Errors
    /// Fails if the deserializer does.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Kept::deserialize(deserializer)? {
            Kept::Text(text) => text.into(),
            Kept::Bytes(bytes) => path_of(bytes),
        })
    }

    #[cfg(unix)]
    fn path_of(bytes: Vec<u8>) -> PathBuf {
        use std::os::unix::ffi::OsStringExt;
        std::ffi::OsString::from_vec(bytes).into()
    }

    #[cfg(not(unix))]
    fn path_of(bytes: Vec<u8>) -> PathBuf {
        String::from_utf8_lossy(&bytes).into_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, bytes).expect("packed");
        packed.finish().expect("packed")
    }

    #[tokio::test]
    async fn texts_come_without_a_byte_order_mark_and_decompressed() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ids");
        for (bytes, text) in [(&b"\xef\xbb\xbfa\nb"[..], "a\nb"), (b"", ""), (b"a", "a")] {
            for stored in [bytes.to_vec(), packed(bytes)] {
                std::fs::write(&path, stored).expect("written");
                assert_eq!(read_text(&path, 100).await.expect("read"), text);
            }
        }
        for bytes in [&b"a\xff"[..], b"\xff\xfea\0", b"BZh91AY&SY\x96\x02"] {
            std::fs::write(&path, bytes).expect("written");
            assert!(read_text(&path, 100).await.is_err(), "{bytes:?}");
        }
        assert!(read_text(dir.path(), 100).await.is_err());
        assert!(read_text(&dir.path().join("none"), 100).await.is_err());
    }

    #[tokio::test]
    async fn what_has_more_than_the_limit_is_refused_packed_too() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ids");
        for bytes in [vec![b'a'; 1000], packed(&[b'a'; 1000])] {
            std::fs::write(&path, bytes).expect("written");
            assert!(read_text(&path, 1000).await.is_ok());
            let error = read_text(&path, 999).await.expect_err("too large");
            assert!(error.to_string().contains("larger than the limit of 999 B"), "{error}");
        }
    }

    #[tokio::test]
    async fn of_line_breaks_without_number_a_few_are_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ids.gz");
        for (line, times) in [("\n", 24 << 20), ("\r\n", 12 << 20)] {
            let bytes = format!("first\n{}last", line.repeat(times));
            std::fs::write(&path, packed(bytes.as_bytes())).expect("written");
            // Although it unpacks to more than the limit, it is read whole, because little of it is
            // kept.
            let text = read_text(&path, 8 << 20).await.expect("read");
            let words: Vec<&str> =
                text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            assert_eq!(words, ["first", "last"]);
            assert!(text.len() < 2 << 20, "{}", text.len());
            // But there is a limit on what is read.
            assert!(read_text(&path, 1 << 20).await.is_err());
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_named_device_without_end_is_cut() {
        assert!(read_text(Path::new("/dev/zero"), 1_000).await.is_err());
        assert_eq!(read_text(Path::new("/dev/null"), 1_000).await.expect("read"), "");
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_text_are_kept() {
        use std::os::unix::ffi::OsStrExt;
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Kept(#[serde(with = "as_text")] PathBuf);
        for bytes in [&b"/tmp/recs.jsonl"[..], b"/tmp/caf\xe9.jsonl"] {
            let path = Kept(std::ffi::OsStr::from_bytes(bytes).into());
            let text = serde_json::to_string(&path).expect("written");
            assert_eq!(serde_json::from_str::<Kept>(&text).expect("read"), path);
        }
        let text = serde_json::to_string(&Kept("/tmp/x".into())).expect("written");
        assert_eq!(text, "\"/tmp/x\"", "as before");
    }
}
