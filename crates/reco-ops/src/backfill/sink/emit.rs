//! Destination of files: items as DynamoDB JSON, for DynamoDB to import from S3.
//!
//! All or nothing: parts get their final names, and the manifest is written, only when they hold
//! the whole input. A stopped run leaves nothing.

mod commands;
mod manifest;
mod merge;
mod part;
mod spill;

use std::io;
use std::path::PathBuf;

use reco_core::item::{Action, PlannedItem, Schema};
use reco_core::shard::Shard;
use reco_store::dynamodb_json;
use tokio_util::sync::CancellationToken;

use self::commands::ImportJob;
pub use self::commands::{Commands, S3Location};
pub use self::manifest::EmitReport;
pub(in crate::backfill) use self::merge::Merged;
pub use self::part::{PartCompression, PartReport};
use self::spill::Spill;
pub use self::spill::partitions;
use super::super::write::BatchEntry;
use super::{Handed, Handing};
use crate::error::{Error, Result};
use crate::files::safe_file::make_private;

/// Options for emitted files.
#[derive(Debug, Clone)]
pub struct EmitOptions {
    /// Output directory, which must be empty or not exist.
    pub directory: PathBuf,
    /// Compression of the parts.
    pub compression: PartCompression,
    /// Bytes of lines after which a part is full.
    pub part_size: u64,
    /// S3 location of the parts, for the printed commands.
    pub s3: S3Location,
    /// Shard of the input, part of the file names.
    pub shard: Option<Shard>,
    /// True if the newest list of a user counts instead of the last.
    pub newest: bool,
}

/// Collector of items, which writes them at the end of the input.
#[derive(Debug)]
pub struct EmitSink {
    /// `None` once taken.
    gathered: Option<Gathered>,
}

/// Items received so far.
#[derive(Debug)]
pub(in crate::backfill) struct Gathered {
    options: EmitOptions,
    schema: Schema,
    spill: Spill,
    /// True if the run created the directory.
    made: bool,
}

impl EmitSink {
    /// Creates the directory.
    ///
    /// # Errors
    /// Fails if it is not empty or cannot be created.
    pub fn create(options: EmitOptions, schema: Schema, partitions: usize) -> Result<Self> {
        let directory = &options.directory;
        let failed = |error: &io::Error| {
            Error::input(format!("cannot write into {}", directory.display())).because(error)
        };
        let made = !directory.exists();
        make_private(directory).map_err(|error| failed(&error))?;
        let mut entries = std::fs::read_dir(directory).map_err(|error| failed(&error))?;
        if entries.next().is_some() {
            return Err(Error::input(format!("{} is not empty", directory.display())).hint(
                "use another directory, or empty this one: parts of two runs must not be mixed",
            ));
        }
        let spill = Spill::create(directory, partitions).map_err(|error| failed(&error))?;
        Ok(EmitSink { gathered: Some(Gathered { options, schema, spill, made }) })
    }

    /// Adds a batch.
    pub(super) fn take(&mut self, entries: Vec<BatchEntry>, items: &[PlannedItem]) -> Handed {
        let mut hopeless = None;
        let handed = entries.into_iter().zip(items).map(|(entry, item)| {
            if hopeless.is_some() {
                return (entry, Handing::Left);
            }
            let added = match &mut self.gathered {
                Some(gathered) => gathered.add(item),
                None => Err(io::Error::other("it is finished")),
            };
            match added {
                Ok(()) => (entry, Handing::Done),
                Err(error) => {
                    hopeless = Some(format!("cannot write the spill file: {error}"));
                    (entry, Handing::Left)
                }
            }
        });
        let entries = handed.collect();
        Handed { entries, hopeless }
    }

    /// Takes everything collected, once.
    pub(in crate::backfill) fn gathered(&mut self) -> Option<Gathered> {
        self.gathered.take()
    }
}

impl Gathered {
    fn add(&mut self, item: &PlannedItem) -> io::Result<()> {
        let line = match item.action {
            Action::Put => dynamodb_json::line(item, &self.schema),
            Action::Delete => Vec::new(),
        };
        self.spill.add(item, &line)
    }

    /// Writes the parts from all items. Blocks.
    ///
    /// # Errors
    /// Fails, leaving no parts, if the disk is full or fails, or on cancellation.
    pub(in crate::backfill) fn merge(self, cancel: &CancellationToken) -> io::Result<Merged> {
        let Gathered { options, schema, spill, made } = self;
        merge::merge(options, made, schema, spill.finish()?, cancel)
    }

    /// Returns whether nothing was collected.
    pub(in crate::backfill) fn is_empty(&self) -> bool {
        self.spill.lines() == 0
    }

    /// Removes what an unsuccessful run created. A directory that the operator created stays, since
    /// it may have another mode or owner.
    pub(in crate::backfill) fn abandon(self) {
        drop(self.spill);
        if self.made {
            // Succeeds only if nothing else is in it.
            let _ = std::fs::remove_dir(&self.options.directory);
        }
    }
}
