//! Into files: items as DynamoDB JSON, which DynamoDB itself reads from S3.
//!
//! All or nothing: parts get their names, and the manifest is written, only when the whole input is
//! in them. A run that is stopped leaves nothing.

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

use self::commands::Job;
pub use self::commands::{Commands, S3Location};
pub use self::manifest::EmitReport;
pub(in crate::backfill) use self::merge::Merged;
pub use self::part::{PartCompression, PartReport};
use self::spill::Spill;
pub use self::spill::partitions;
use super::super::write::Entry;
use super::{Handed, Handing};
use crate::error::{Error, Result};
use crate::files::safe_file::make_private;

/// Options of an emit run.
#[derive(Debug, Clone)]
pub struct EmitOptions {
    /// Where to: a directory that is empty or not there yet.
    pub directory: PathBuf,
    /// Compression of the parts.
    pub compression: PartCompression,
    /// Bytes of lines after which a part is full.
    pub part_size: u64,
    /// Where in S3 they are to go, for the commands.
    pub s3: S3Location,
    /// Shard of the input, for the names of the parts.
    pub shard: Option<Shard>,
    /// Of a user's lists the newest counts, not the last.
    pub newest: bool,
}

/// Gathers items, and writes them when all have come.
#[derive(Debug)]
pub struct EmitSink {
    /// `None` once they were handed out.
    gathered: Option<Gathered>,
}

/// Items received so far.
#[derive(Debug)]
pub(in crate::backfill) struct Gathered {
    options: EmitOptions,
    schema: Schema,
    spill: Spill,
    /// True if the run made the directory.
    made: bool,
}

impl EmitSink {
    /// Makes the directory.
    ///
    /// # Errors
    /// When there is anything in it, or it cannot be made.
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

    /// Takes a batch.
    pub(super) fn take(&mut self, entries: Vec<Entry>, items: &[PlannedItem]) -> Handed {
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

    /// Everything that has come, once.
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

    /// All items have come: writes the parts. Blocks.
    ///
    /// # Errors
    /// When the disk is full or fails, or `cancel` is cancelled; then no part is left.
    pub(in crate::backfill) fn merge(self, cancel: &CancellationToken) -> io::Result<Merged> {
        let Gathered { options, schema, spill, .. } = self;
        merge::merge(options, schema, spill.finish()?, cancel)
    }

    /// Whether nothing has come.
    pub(in crate::backfill) fn is_empty(&self) -> bool {
        self.spill.lines() == 0
    }

    /// Removes what the run made: it came to nothing. A directory of the operator's own stays, since
    /// it may have been made with another mode or owner.
    pub(in crate::backfill) fn abandon(self) {
        drop(self.spill);
        if self.made {
            // Only when nothing else is in it.
            let _ = std::fs::remove_dir(&self.options.directory);
        }
    }
}
