//! A copy of the facts as an SQLite file, so that a large backfill does not load the database that
//! serves production.

pub(super) mod digest;
mod file;
mod names;

use std::path::{Path, PathBuf};

use reco_core::facts::FactsError;
use serde::Serialize;

use self::file::SnapshotFile;
use super::database::Database;
use super::pages::{Pages, Scan};
use super::source::{Backend, FactsSource};
use super::tables::FactsTables;

/// Options of a snapshot.
#[derive(Debug, Clone)]
pub struct SnapshotOptions {
    /// Where the facts are in the source.
    pub tables: FactsTables,
    /// Rows read and held at a time.
    pub page_size: usize,
    /// When it is taken, in seconds since the epoch; written into the file.
    pub taken_at: i64,
    /// What the source is called, without credentials; written into the file.
    pub source: String,
}

/// What a snapshot says of itself.
#[derive(Debug)]
struct Provenance {
    at: i64,
    source: String,
    /// The statements that its facts would have been asked with.
    statements: String,
}

/// Row counts of a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SnapshotReport {
    /// Users.
    pub users: u64,
    /// Articles.
    pub articles: u64,
    /// Reads.
    pub reads: u64,
    /// Mutes.
    pub mutes: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the facts in it.
    pub digest: String,
}

/// Reason why there is no snapshot. An older file of the same name is then as it was.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The source could not be read to its end.
    #[error(transparent)]
    Source(#[from] FactsError),
    /// It can't be made from this source or into this file.
    #[error("{0}")]
    Refused(String),
    /// The file could not be written.
    #[error("cannot write {path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// Reason.
        reason: String,
    },
}

/// Copies users, articles, reads and mutes into an SQLite file at `out`, which appears only when
/// it is whole. Facts from it are those of the source, id by id and flag by flag.
///
/// The tables are read in pages by their keys, each page a statement of its own: a change made
/// meanwhile may be in the copy or not, but no row that was there throughout is left out.
/// `progress` is called after each page with the table and the rows copied of it so far.
///
/// # Errors
/// [`SnapshotError`]; nothing is left behind.
pub async fn snapshot(
    source: &FactsSource,
    options: &SnapshotOptions,
    out: &Path,
    progress: &(dyn Fn(&'static str, u64) + Sync),
) -> Result<SnapshotReport, SnapshotError> {
    refuse_whole_statements(&options.tables)?;
    let file = SnapshotFile::create(out).await?;
    match &source.backend {
        Backend::Sqlite(database) => copy(database, options, file, progress).await,
        Backend::MySql(database) => copy(database, options, file, progress).await,
        Backend::None => {
            Err(SnapshotError::Refused("the facts source is \"none\": nothing to copy".to_owned()))
        }
    }
}

fn refuse_whole_statements(tables: &FactsTables) -> Result<(), SnapshotError> {
    let whole = [
        ("users", &tables.users.statement),
        ("articles", &tables.articles.statement),
        ("reads", &tables.reads.statement),
        ("mutes", &tables.mutes.statement),
    ];
    match whole.iter().find(|(_, statement)| statement.is_some()) {
        None => Ok(()),
        Some((table, _)) => Err(SnapshotError::Refused(format!(
            "[{table}] uses a custom statement, which only answers for given ids; configure its table and columns instead (a table may be a join or a view)"
        ))),
    }
}

async fn copy<D: Database>(
    database: &D,
    options: &SnapshotOptions,
    mut file: SnapshotFile,
    progress: &(dyn Fn(&'static str, u64) + Sync),
) -> Result<SnapshotReport, SnapshotError> {
    let tables = &options.tables;
    let mut report = SnapshotReport::default();
    for (scan, count) in [
        (Scan::users(tables), &mut report.users),
        (Scan::articles(tables), &mut report.articles),
        (Scan::reads(tables), &mut report.reads),
        (Scan::mutes(tables), &mut report.mutes),
    ] {
        let what = scan.what;
        let mut pages = Pages::new(database, scan, options.page_size);
        while let Some(rows) = pages.next().await? {
            *count += file.insert(what, rows).await?;
            progress(what, *count);
        }
    }
    let sql = tables.sql();
    let statements = [&sql.users, &sql.articles, sql.reads.usual(), sql.mutes.usual()];
    let statements = statements.map(String::as_str).join(";\n");
    let provenance =
        Provenance { at: options.taken_at, source: options.source.clone(), statements };
    (report.bytes, report.digest) = file.finish(provenance).await?;
    Ok(report)
}
