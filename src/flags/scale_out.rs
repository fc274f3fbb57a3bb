//! Scaling out: shards of the input, the queue, or files for DynamoDB to import.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reco_core::shard::Shard;
use reco_ops::backfill::sink::emit::{EmitOptions, PartCompression, S3Location};
use reco_ops::dlq::redrive::Rate;
use reco_ops::error::{Error, Kind, Result};

/// The only supported format; it states what the files hold and leaves room for others.
const FORMAT: &str = "dynamodb-json";

/// Arguments for more than one machine.
#[derive(Debug, Args)]
#[command(next_help_heading = "Scaling out")]
pub struct ScaleOutArgs {
    /// Process only shard I of N (shards split the input by user and need no coordination)
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Send the lists to the source queue instead; the Lambda filters and writes them
    #[arg(long, value_name = "WAY", conflicts_with_all = ["emit", "verify", "if_newer", "only_where_table_holds", "replace_written_between", "compare", "attrs", "ttl", "list_type", "wcu", "shuffle_window"])]
    pub via: Option<Via>,
    /// Maximum number of lists per queue message
    #[arg(long, value_name = "N", default_value_t = 50, requires = "via",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub users_per_message: u16,
    /// Maximum messages per second (fractions allowed)
    #[arg(long, value_name = "N", requires = "via")]
    pub rate: Option<Rate>,
    /// Write the filtered items to files in this new directory instead, for DynamoDB to import from
    /// S3; the only FORMAT is dynamodb-json
    #[arg(long, value_names = ["FORMAT", "DIR"], num_args = 2, conflicts_with_all = ["dry_run", "resume", "checkpoint", "verify", "if_newer", "only_where_table_holds", "replace_written_between", "wcu", "shuffle_window"])]
    pub emit: Option<Vec<String>>,
    /// Compression of the files
    #[arg(long, value_name = "HOW", default_value = "gzip", requires = "emit")]
    pub emit_compression: EmitCompression,
    /// Maximum file size before compression (K, M and G are powers of 1024)
    #[arg(long, value_name = "BYTES", default_value = "256M", requires = "emit", value_parser = size)]
    pub part_size: u64,
    /// S3 location to use in the printed upload and import commands; recoctl uploads nothing itself
    #[arg(long, value_name = "s3://BUCKET/PREFIX", requires = "emit")]
    pub s3: Option<S3Location>,
}

/// Compression of the parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EmitCompression {
    /// gzip (RFC 1952)
    Gzip,
    /// Zstandard (RFC 8878)
    Zstd,
    /// Uncompressed
    None,
}

impl From<EmitCompression> for PartCompression {
    fn from(given: EmitCompression) -> Self {
        match given {
            EmitCompression::Gzip => PartCompression::Gzip,
            EmitCompression::Zstd => PartCompression::Zstd,
            EmitCompression::None => PartCompression::None,
        }
    }
}

/// By which way lists get into the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Via {
    /// Send the lists to the source queue
    Queue,
}

impl ScaleOutArgs {
    /// Returns the options for emitted files, if requested.
    ///
    /// # Errors
    /// Fails if the format is not supported.
    pub fn emit(&self) -> Result<Option<EmitOptions>> {
        let Some([format, directory]) = self.emit.as_deref() else { return Ok(None) };
        if format != FORMAT {
            let message = format!("unknown format {format:?}; the only format is {FORMAT:?}");
            return Err(Error::new(Kind::Usage, message));
        }
        Ok(Some(EmitOptions {
            directory: PathBuf::from(directory),
            compression: self.emit_compression.into(),
            part_size: self.part_size,
            s3: self.s3.clone().unwrap_or_default(),
            shard: self.shard,
            newest: false,
        }))
    }
}

/// `1000`, `64K`, `256M`, `1G`; a B after it changes nothing.
pub(super) fn size(text: &str) -> std::result::Result<u64, String> {
    let form = || "must be a number of bytes, optionally with K, M or G, such as 256M".to_owned();
    let upper = text.to_ascii_uppercase();
    let number = upper.strip_suffix('B').unwrap_or(&upper);
    let (number, unit) = match number.as_bytes().last() {
        Some(b'K') => (number.trim_end_matches('K'), 1024),
        Some(b'M') => (number.trim_end_matches('M'), 1024 * 1024),
        Some(b'G') => (number.trim_end_matches('G'), 1024 * 1024 * 1024),
        _ => (number, 1),
    };
    let number: u64 = number.parse().map_err(|_| form())?;
    match number.checked_mul(unit) {
        Some(bytes @ 1..) => Ok(bytes),
        _ => Err(form()),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, bytes) in [("1", 1), ("64k", 65_536), ("256MB", 268_435_456), ("2G", 2 << 30)] {
            assert_eq!(size(text), Ok(bytes));
        }
        for wrong in ["", "0", "M", "1T", "-1", "1.5G", "99999999999G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
