//! Parts: compressed files of lines, each new and private, and renamed only when complete.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use crate::files::safe_file::create_private;
use flate2::write::GzEncoder;
use md5::Md5;
use reco_core::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Bytes buffered before a write.
const BUFFER: usize = 256 * 1024;

/// Compression of parts; names as in AWS's `InputCompressionType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartCompression {
    /// gzip (RFC 1952)
    Gzip,
    /// Zstandard (RFC 8878)
    Zstd,
    /// Uncompressed
    None,
}

impl PartCompression {
    /// Returns the AWS name.
    pub fn aws_name(self) -> &'static str {
        match self {
            PartCompression::Gzip => "GZIP",
            PartCompression::Zstd => "ZSTD",
            PartCompression::None => "NONE",
        }
    }

    /// Returns the file name extension.
    pub fn extension(self) -> &'static str {
        match self {
            PartCompression::Gzip => "json.gz",
            PartCompression::Zstd => "json.zst",
            PartCompression::None => "json",
        }
    }
}

/// Contents of a finished part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartReport {
    /// Path relative to the manifest's directory.
    pub file: String,
    /// Items, one per line.
    pub items: u64,
    /// Uncompressed bytes of its lines.
    pub bytes: u64,
    /// Stored bytes.
    pub stored_bytes: u64,
    /// SHA-256 of the stored file, in hex.
    pub sha256: String,
    /// MD5 of the stored file, in hex: the ETag that S3 gives an object that was uploaded in one
    /// piece and is not encrypted with a KMS key.
    pub md5: String,
}

/// Part in progress, under a temporary name that no reader takes for a part.
pub struct Part {
    path: PathBuf,
    encoder: Encoder,
    items: u64,
    bytes: u64,
}

enum Encoder {
    Gzip(GzEncoder<Hashed>),
    Zstd(zstd::Encoder<'static, Hashed>),
    None(Hashed),
}

impl Part {
    /// Creates the file.
    ///
    /// # Errors
    /// Fails if it exists or cannot be created.
    pub fn create(path: PathBuf, compression: PartCompression) -> io::Result<Self> {
        let file = Hashed::new(create_private(&path)?);
        let encoder = match compression {
            PartCompression::Gzip => {
                Encoder::Gzip(GzEncoder::new(file, flate2::Compression::default()))
            }
            PartCompression::Zstd => {
                Encoder::Zstd(zstd::Encoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL)?)
            }
            PartCompression::None => Encoder::None(file),
        };
        Ok(Part { path, encoder, items: 0, bytes: 0 })
    }

    /// Adds a line.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub fn add(&mut self, line: &[u8]) -> io::Result<()> {
        self.encoder.writer().write_all(line)?;
        self.encoder.writer().write_all(b"\n")?;
        self.items += 1;
        self.bytes += line.len() as u64 + 1;
        Ok(())
    }

    /// Returns the uncompressed bytes of its lines so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Finishes the part and flushes it to disk. Its report has no file name yet.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub fn finish(self) -> io::Result<(PathBuf, PartReport)> {
        let hashed = match self.encoder {
            Encoder::Gzip(encoder) => encoder.finish()?,
            Encoder::Zstd(encoder) => encoder.finish()?,
            Encoder::None(file) => file,
        };
        let Hashed { file, sha256, md5, bytes: stored_bytes } = hashed;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        let report = PartReport {
            file: String::new(),
            items: self.items,
            bytes: self.bytes,
            stored_bytes,
            sha256: hex(&sha256.finalize()),
            md5: hex(&md5.finalize()),
        };
        Ok((self.path, report))
    }
}

impl Encoder {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Encoder::Gzip(encoder) => encoder,
            Encoder::Zstd(encoder) => encoder,
            Encoder::None(file) => file,
        }
    }
}

/// Writer that hashes what passes through to the file.
struct Hashed {
    file: BufWriter<File>,
    sha256: Sha256,
    md5: Md5,
    bytes: u64,
}

impl Hashed {
    fn new(file: File) -> Self {
        let file = BufWriter::with_capacity(BUFFER, file);
        Hashed { file, sha256: Sha256::new(), md5: Md5::new(), bytes: 0 }
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        let bytes = bytes.get(..written).unwrap_or_default();
        self.sha256.update(bytes);
        self.md5.update(bytes);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
