//! Runs of this machine that read a file into the table or moved messages of a user, as far as their
//! checkpoints and journals say.

use std::path::{Path, PathBuf};

use reco_core::Id;
use reco_core::decode::users;
use reco_core::journal::Standing;
use reco_core::run_by::RunBy;
use serde::Serialize;

use crate::backfill::checkpoint::{InputIdentity, load};
use crate::journal::{Home, each_kept, load as load_journal, of_queue};

/// Backfill of a file into the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunOf {
    /// Path of the file.
    pub file: String,
    /// Start of its first run, RFC 3339.
    pub started_at: String,
    /// Time of its last checkpoint, RFC 3339.
    pub saved_at: String,
    /// True if it processed its whole input.
    pub finished: bool,
    /// Line of the file before which every line was processed; null if all of the file was.
    pub up_to_line: Option<u64>,
    /// True if the file has changed since.
    pub changed_since: bool,
    /// Path of its checkpoint.
    pub checkpoint: String,
    /// Who ran its last run, and why.
    pub by: RunBy,
}

/// Returns the backfills of this machine that read one of `files` into the table of this ARN, oldest
/// first. A pipe has no checkpoint, and one that cannot be read says nothing.
#[must_use]
pub fn runs_of(home: &Home, table: &str, files: &[PathBuf]) -> Vec<RunOf> {
    let given = files.iter().filter_map(|file| Some((file, InputIdentity::of(file).ok()?)));
    let given: Vec<_> = given.collect();
    let entries = std::fs::read_dir(home.backfills()).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
    paths.sort();
    let mut runs: Vec<RunOf> = paths.iter().flat_map(|path| of(path, table, &given)).collect();
    runs.sort_by(|a, b| a.started_at.cmp(&b.started_at));
    runs
}

fn of(path: &Path, table: &str, given: &[(&PathBuf, InputIdentity)]) -> Vec<RunOf> {
    let Ok(Some(checkpoint)) = load(path) else { return Vec::new() };
    if checkpoint.identity.table != table {
        return Vec::new();
    }
    let inputs = checkpoint.identity.inputs.iter().enumerate();
    let read = inputs.filter_map(|(number, input)| {
        let (file, known) = given.iter().find(|(_, known)| known.path == input.path)?;
        let (at, finished) = (checkpoint.state.at, checkpoint.state.finished);
        let up_to_line = match number.cmp(&at.file) {
            _ if finished => None,
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal => Some(at.line),
            std::cmp::Ordering::Greater => Some(1),
        };
        Some(RunOf {
            file: file.display().to_string(),
            started_at: checkpoint.started_at.clone(),
            saved_at: checkpoint.saved_at.clone(),
            finished,
            up_to_line,
            changed_since: known != input,
            checkpoint: path.display().to_string(),
            by: checkpoint.by.clone(),
        })
    });
    read.collect()
}

/// Redrive of a message with a list of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedBy {
    /// Id of the run.
    pub run_id: String,
    /// Start of the run, RFC 3339.
    pub started_at: String,
    /// Id that the message had in the DLQ.
    pub message_id: String,
    /// How far the run came with it.
    pub standing: Standing,
    /// Signature of the run.
    pub by: RunBy,
}

/// Returns the redrives of this machine that sent messages with a list of the user from the queue of
/// this ARN, newest run first. A journal that cannot be read says nothing.
#[must_use]
pub fn moved_of(home: &Home, arn: &str, user: &Id) -> Vec<MovedBy> {
    let text = user.text();
    let mut moved = Vec::new();
    for path in of_queue(home, arn).unwrap_or_default() {
        let Ok(state) = load_journal(&path) else { continue };
        let Some(header) = state.header() else { continue };
        let _ = each_kept(&path, |kept| {
            let body = kept.out.as_ref().unwrap_or(&kept.message.body);
            if body.contains(&*text) && users(body).ids.contains(user) {
                moved.extend(state.standing(&kept.message.id).map(|standing| MovedBy {
                    run_id: header.run_id.clone(),
                    started_at: header.started_at.clone(),
                    message_id: kept.message.id.clone(),
                    standing,
                    by: header.by.clone(),
                }));
            }
            Ok(())
        });
    }
    moved
}
