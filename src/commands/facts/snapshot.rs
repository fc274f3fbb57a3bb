//! `recoctl facts snapshot`: copies the facts for large backfills.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use clap::Args;
use reco_core::outcome::Outcome;
use reco_store::facts::{
    SnapshotError, SnapshotOptions, SnapshotReport, snapshot, without_password,
};
use serde::Serialize;

use crate::config::Key;
use crate::context::Context;
use crate::ui::{Progress, Report, Ui, Unit, View, amount, bytes};
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl facts snapshot`.
///
/// A large backfill asks for facts thousands of times: from a copy it does not load the database
/// that serves production. The file is replaced only when the new one is whole.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// SQLite file to write; replaces an older snapshot
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Rows to read from the database per query
    #[arg(long, value_name = "ROWS", default_value = "5000", value_parser = page_size)]
    pub page_size: usize,
}

/// Runs the snapshot.
///
/// # Errors
/// Fails if the facts cannot be read completely or the file cannot be written; the older file then
/// stays unchanged.
pub async fn run(context: &Context, args: SnapshotArgs) -> Result<Outcome> {
    let options = SnapshotOptions {
        tables: context.facts_tables().await?,
        page_size: args.page_size,
        taken_at: jiff::Timestamp::now().as_second(),
        source: without_password(context.settings.value(Key::Facts).unwrap_or("none")),
    };
    let source = context.facts().await?;
    let begun = Instant::now();
    let bars = Bars { ui: &context.ui, current: Mutex::new(None) };
    let progress = |table, rows| bars.show(table, rows);
    let copied = tokio::select! {
        copied = snapshot(&source, &options, &args.out, &progress) => copied,
        () = context.cancel.cancelled() => {
            return Err(Error::new(Kind::Interrupted, "stopped before the snapshot was complete")
                .hint(format!("{} is unchanged", args.out.display())));
        }
    };
    drop(bars);
    let rows = copied.map_err(|error| failed(&error, &args.out))?;
    let report = SnapshotTaken {
        file: args.out.display().to_string(),
        source: source.kind(),
        taken_at: options.taken_at,
        rows,
        duration_s: begun.elapsed().as_secs_f64(),
    };
    context.ui.report(&report)
}

/// Consecutive progress displays, one per table.
struct Bars<'a> {
    ui: &'a Ui,
    current: Mutex<Option<(&'static str, Progress)>>,
}

impl Bars<'_> {
    fn show(&self, table: &'static str, rows: u64) {
        // Nothing panics while the lock is held.
        let Ok(mut current) = self.current.lock() else { return };
        if current.as_ref().is_none_or(|(shown, _)| *shown != table) {
            // Removes the previous display from the screen before the next one appears.
            *current = None;
            let bar = self.ui.progress(&format!("copying {table}"), None, Unit::Rows);
            *current = Some((table, bar));
        }
        if let Some((_, bar)) = current.as_ref() {
            bar.set(rows);
        }
    }
}

fn page_size(text: &str) -> Result<usize, String> {
    let rows = text.parse().ok().filter(|rows| (1..=100_000).contains(rows));
    rows.ok_or_else(|| "must be from 1 to 100000 rows".to_owned())
}

fn failed(error: &SnapshotError, out: &Path) -> Error {
    let what = format!("cannot take the snapshot {}", out.display());
    match error {
        SnapshotError::Source(error) => Error::facts(what, error)
            .hint("`recoctl facts check` shows what does not match the schema"),
        SnapshotError::Refused(_) => Error::refused(what).because(error),
        SnapshotError::File { .. } => Error::input(what).because(error),
    }
}

#[derive(Debug, Serialize)]
struct SnapshotTaken {
    file: String,
    source: &'static str,
    taken_at: i64,
    #[serde(flatten)]
    rows: SnapshotReport,
    duration_s: f64,
}

impl Report for SnapshotTaken {
    const KIND: &'static str = "facts.snapshot";

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, _: &View) -> String {
        let SnapshotReport { users, articles, reads, mutes, bytes: size, digest } = &self.rows;
        format!(
            "{file}: {}, {}, {}, {} ({}) in {:.1} s\n\
             SHA-256 of the facts: {digest}\n\
             use it with: --facts sqlite:{file}\n",
            amount(*users, "user"),
            amount(*articles, "article"),
            amount(*reads, "read"),
            amount(*mutes, "mute"),
            bytes(*size),
            self.duration_s,
            file = self.file,
        )
    }
}
