//! Scaling out: a part of the input, the queue, or files for DynamoDB itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use reco_core::compose::ComposeLimits;
use reco_core::item::Schema;
use reco_core::shard::Shard;

use crate::config::Key;
use crate::context::Context;
use reco_ops::aws::sqs::Sqs;
use reco_ops::backfill::sink::emit::{
    EmitOptions, EmitSink, PartCompression, S3Location, partitions,
};
use reco_ops::backfill::sink::queue::{QueueSender, QueueSink};
use reco_ops::dlq::redrive::{Pace, Rate};
use reco_ops::error::{Error, Kind, Result};
use reco_ops::files::input::{Compression, Source};
use reco_ops::sqs::{Destination, Outbox};

/// The only format there is; it names what is in the files, so that others may follow.
const FORMAT: &str = "dynamodb-json";

/// Text by gzip or zstd is a fraction of itself: the guess errs on the side of more partitions.
const EXPANSION: u64 = 8;

/// Arguments for more than one machine.
#[derive(Debug, Args)]
#[command(next_help_heading = "Scaling out")]
pub struct MachinesArgs {
    /// Process only shard I of N (shards split the input by user and need no coordination)
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Send the lists to the source queue instead; the Lambda filters and writes them
    #[arg(long, value_name = "WAY", conflicts_with_all = ["emit", "verify", "if_newer", "attrs", "ttl", "list_type", "wcu", "shuffle_window"])]
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
    #[arg(long, value_names = ["FORMAT", "DIR"], num_args = 2, conflicts_with_all = ["dry_run", "resume", "checkpoint", "verify", "if_newer", "wcu", "shuffle_window"])]
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

/// The way through the queue.
pub struct ViaQueue {
    /// Sink that sends the messages.
    pub sink: QueueSink,
    /// Limits of a message.
    pub limits: ComposeLimits,
    /// The queue's ARN.
    pub arn: String,
}

impl MachinesArgs {
    /// Returns the settings that must be the same in a resumed run.
    pub fn settings(&self) -> BTreeMap<String, String> {
        let shard = self.shard.map(|shard| ("shard".to_owned(), shard.to_string()));
        let via = self.via.map(|Via::Queue| ("via".to_owned(), "queue".to_owned()));
        shard.into_iter().chain(via).collect()
    }

    /// The sink into the source queue, when that is the way, with the limits of its messages.
    ///
    /// # Errors
    /// When there is no such queue, or it keeps an order.
    pub async fn queue(&self, context: &Context, dry_run: bool) -> Result<Option<ViaQueue>> {
        if self.via.is_none() {
            return Ok(None);
        }
        let name = context.settings.require(Key::Queue)?;
        let sqs = Sqs::new(context.sdk().await?);
        let (queue, state) = sqs.resolve(name).await?;
        if queue.fifo {
            let error = Error::config(format!("{} is a FIFO queue", queue.name)).hint(
                "only the producer knows the message group of a list; write to the table directly, or use a standard queue",
            );
            return Err(error);
        }
        let limits = ComposeLimits {
            users: usize::from(self.users_per_message),
            bytes: state.max_message_bytes,
        };
        let (name, arn) = (queue.name.clone(), queue.arn.clone());
        // The Lambda writes the same item twice.
        let outbox = Outbox { twice_is_harmless: true, ..Outbox::new(sqs) };
        let to = Destination { number: 0, queue, limit: state.max_message_bytes, stamp: None };
        let sender = (!dry_run).then_some(QueueSender { outbox, to: Arc::new(to) });
        let pace = Pace::new(self.rate, Duration::ZERO);
        Ok(Some(ViaQueue { sink: QueueSink::new(name, sender, pace, limits), limits, arn }))
    }

    /// Returns whether items go to files.
    pub fn emits(&self) -> bool {
        self.emit.is_some()
    }

    /// The sink into files, when that is asked for.
    ///
    /// # Errors
    /// When the format is another, or the directory is not empty.
    pub fn files(
        &self,
        schema: &Schema,
        sources: &[Source],
        newest: bool,
    ) -> Result<Option<EmitSink>> {
        let Some([format, directory]) = self.emit.as_deref() else { return Ok(None) };
        if format != FORMAT {
            let message = format!("unknown format {format:?}; the only format is {FORMAT:?}");
            return Err(Error::new(Kind::Usage, message));
        }
        let options = EmitOptions {
            directory: PathBuf::from(directory),
            compression: self.emit_compression.into(),
            part_size: self.part_size,
            s3: self.s3.clone().unwrap_or_default(),
            shard: self.shard,
            newest,
        };
        let own = u64::from(self.shard.map_or(1, Shard::of));
        let bytes = decompressed(sources).map(|bytes| bytes / own);
        EmitSink::create(options, schema.clone(), partitions(bytes)).map(Some)
    }
}

/// A guess at how many bytes of lines there are; `None` where a pipe may bring any number.
fn decompressed(sources: &[Source]) -> Option<u64> {
    let size = |source: &Source| {
        let factor = if source.compression == Compression::None { 1 } else { EXPANSION };
        Some(source.bytes?.saturating_mul(factor))
    };
    sources.iter().map(size).sum()
}

/// `1000`, `64K`, `256M`, `1G`; a B after it changes nothing.
pub(in crate::commands) fn size(text: &str) -> std::result::Result<u64, String> {
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
