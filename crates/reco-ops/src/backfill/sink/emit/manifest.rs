//! Manifest: origin and contents of the parts, and the commands to run next. It is written last, so
//! that parts without a manifest are known to be incomplete.

use std::io::{self, Write};
use std::path::Path;

use reco_core::item::{KeyType, Schema};
use serde::Serialize;

use super::commands::readme;
use super::merge::{Merged, sync_directory};
use super::{Commands, ImportJob, PartCompression, PartReport};
use crate::backfill::report::{BackfillReport, InputReport, ItemSizes};
use crate::backfill::sink::emit::merge::DATA;
use crate::files::safe_file::create_private;

const MANIFEST: &str = "manifest.json";
const README: &str = "README.txt";

/// Report of emitted files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmitReport {
    /// Output directory.
    pub directory: String,
    /// Path of the manifest.
    pub manifest: String,
    /// Compression of the parts.
    pub compression: PartCompression,
    /// Number of parts.
    pub parts: u64,
    /// Number of items, one per user.
    pub items: u64,
    /// Lines that remove a user's item. They drop the user's earlier lists from the files, but
    /// cannot remove what a table already holds.
    pub removals: u64,
    /// Uncompressed bytes of the lines.
    pub bytes: u64,
    /// Stored bytes.
    pub stored_bytes: u64,
    /// Commands to run next.
    pub commands: Commands,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    version: u32,
    recoctl: &'static str,
    created_at: String,
    compression: PartCompression,
    shard: Option<String>,
    table: Option<&'a str>,
    key_schema: KeySchema<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_key_schema: Option<KeySchema<'a>>,
    attributes: &'a Schema,
    policy_fingerprint: &'a str,
    facts: &'a str,
    inputs: &'a [InputReport],
    /// True if every line of every input is in the parts or was left out by the policy.
    complete: bool,
    totals: Totals,
    items: ItemSizes,
    parts: &'a [PartReport],
    commands: &'a Commands,
}

#[derive(Serialize)]
struct KeySchema<'a> {
    attribute_name: &'a str,
    attribute_type: KeyType,
    key_type: &'static str,
}

#[derive(Serialize)]
struct Totals {
    items: u64,
    bytes: u64,
    stored_bytes: u64,
    entries_read: u64,
    replaced: u64,
    skipped: u64,
    rejected: u64,
}

impl Merged {
    /// Writes the manifest and README.txt.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub(in crate::backfill) fn publish(self, about: &BackfillReport) -> io::Result<EmitReport> {
        let Merged { options, schema, parts, sizes, .. } = self;
        let directory = options.directory.display().to_string();
        let data = options.directory.join(DATA).display().to_string();
        let table = about.table.as_deref();
        let (s3, compression) = (&options.s3, options.compression);
        let commands =
            ImportJob { data: &data, s3, compression, table, schema: &schema }.commands();
        let sum = |of: fn(&PartReport) -> u64| parts.iter().map(of).sum::<u64>();
        let totals = Totals {
            items: sum(|part| part.items),
            bytes: sum(|part| part.bytes),
            stored_bytes: sum(|part| part.stored_bytes),
            entries_read: about.counts.entries.read,
            replaced: about.counts.entries.coalesced,
            skipped: about.counts.entries.skipped,
            rejected: about.counts.entries.rejected,
        };
        let (items, bytes, stored_bytes) = (totals.items, totals.bytes, totals.stored_bytes);
        let broken = about.inputs.iter().any(|input| input.failure.is_some());
        let manifest = Manifest {
            format: "dynamodb-json",
            version: 1,
            recoctl: env!("CARGO_PKG_VERSION"),
            created_at: jiff::Timestamp::now().to_string(),
            compression,
            shard: options.shard.map(|shard| shard.to_string()),
            table,
            key_schema: KeySchema {
                attribute_name: &schema.user_attr,
                attribute_type: schema.key_type,
                key_type: "HASH",
            },
            sort_key_schema: schema.sort.as_ref().map(|sort| KeySchema {
                attribute_name: &sort.name,
                attribute_type: sort.kind,
                key_type: "RANGE",
            }),
            attributes: &schema,
            policy_fingerprint: &about.policy_fingerprint,
            facts: about.facts,
            inputs: &about.inputs,
            complete: about.counts.entries.rejected == 0 && !broken,
            totals,
            items: sizes,
            parts: &parts,
            commands: &commands,
        };
        let readme = readme(&commands, items, parts.len());
        put(&options.directory, README, readme.as_bytes())?;
        put(&options.directory, MANIFEST, &serde_json::to_vec_pretty(&manifest)?)?;
        Ok(EmitReport {
            manifest: options.directory.join(MANIFEST).display().to_string(),
            directory,
            compression,
            parts: parts.len() as u64,
            items,
            removals: about.counts.entries.deleted,
            bytes,
            stored_bytes,
            commands,
        })
    }
}

/// Writes a file atomically.
fn put(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let passing = directory.join(format!(".{name}.tmp"));
    let mut file = create_private(&passing)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&passing, directory.join(name))?;
    sync_directory(directory)
}
