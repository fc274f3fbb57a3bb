//! Start of a run: at the beginning of its input, or where an earlier run stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reco_core::human::{amount, form};
use reco_core::item::KeyType;
use reco_core::run_by::RunBy;

use super::checkpoint::{
    self, Checkpoint, CheckpointLock, CheckpointState, Identity, InputIdentity, RejectsFile, Saver,
    VERSION,
};
use super::inputs::At;
use super::limit::MaxRejects;
use super::{Preparer, RejectsSink};
use crate::aws::ListType;
use crate::error::{Error, Kind, Result};
use crate::event::Events;
use crate::files::input::Source;
use crate::journal::{Home, HomeOptions};

/// Reliability options of a backfill: checkpoints, limits and verification.
#[derive(Debug, Clone)]
pub struct Reliability {
    /// Resumes an interrupted run.
    pub resume: bool,
    /// Checkpoint file; `None` for the default, which the same command finds again.
    pub checkpoint: Option<PathBuf>,
    /// Time between checkpoints.
    pub checkpoint_every: Duration,
    /// Limit on rejected lines that ends the run.
    pub max_rejects: Option<MaxRejects>,
    /// Maximum read capacity units per second of the verification.
    pub rcu: Option<f64>,
    /// Price of a million write request units, for a dry run's estimate.
    pub price_per_million_wru: Option<f64>,
}

/// Checkpoint setting that holds the list type.
const LIST_TYPE: &str = "the type of lists";
/// Value of that setting if ids keep their type from the input.
const AS_CAME: &str = "as the ids came";

/// Target of a run.
pub(super) struct RunTarget<'a> {
    /// ARN of the table or queue; `None` in a dry run.
    pub arn: Option<&'a str>,
    /// `TableId` of the table.
    pub table_id: Option<String>,
    /// Type of the ids in lists, and its source.
    pub list_type: &'a ListType,
}

/// Start of a run, and what records its progress.
pub(super) struct Start {
    /// Checkpoint of the earlier run, if resumed.
    pub resumed: Option<Checkpoint>,
    /// Saver of checkpoints; `None` if the run cannot be resumed.
    pub saver: Option<Saver>,
    /// Sink of rejects.
    pub rejects: RejectsSink,
    /// Start of the first run, in epoch seconds.
    pub began: i64,
    /// List type of the first run, whatever the table holds by now.
    pub list_type: Option<ListType>,
}

impl Start {
    /// Returns the start of a new run that cannot be resumed.
    fn afresh(rejects: RejectsSink) -> Self {
        let began = jiff::Timestamp::now().as_second();
        Start { resumed: None, saver: None, rejects, began, list_type: None }
    }
}

/// Finds the start of a run. `settings` are the options that affect what is written.
///
/// # Errors
/// Refuses if the input, the policy, the table or a setting has changed since the checkpoint, or
/// another process holds it.
pub(super) fn start(
    (home, events, by): (&HomeOptions, &Events, &RunBy),
    options: &Reliability,
    sources: &[Source],
    preparer: &Preparer,
    target: RunTarget<'_>,
    settings: BTreeMap<String, String>,
    rejects: Option<&Path>,
) -> Result<Start> {
    let configured = target.list_type.from == "config";
    let identity = match target.arn {
        Some(arn) => identify(options, sources, preparer, (arn, target), settings)?,
        None => None,
    };
    let Some(mut identity) = identity else {
        return Ok(Start::afresh(RejectsSink::create(rejects)?));
    };
    let Some((path, lock)) = keep((home, events), options, &identity)? else {
        return Ok(Start::afresh(RejectsSink::create(rejects)?));
    };
    let found = checkpoint::load(&path);
    let mut list_type = None;
    let (first, resumed, rejects) = if options.resume {
        let found = found?.ok_or_else(|| nothing_to_resume(&path))?;
        if let (false, Some(before)) = (configured, found.identity.settings.get(LIST_TYPE)) {
            // By now the table holds the first run's writes.
            list_type = typed(before);
            identity.settings.insert(LIST_TYPE.to_owned(), before.clone());
        }
        refuse_changes(&identity, &found, &path)?;
        let rejects = resume_rejects(&found, rejects)?;
        announce(events, &found, sources);
        let runs = found.runs + 1;
        (Checkpoint { runs, ..found.clone() }, Some(found), rejects)
    } else {
        if let Ok(Some(found)) = &found {
            let mut as_then = identity.clone();
            if let (false, Some(before)) = (configured, found.identity.settings.get(LIST_TYPE)) {
                as_then.settings.insert(LIST_TYPE.to_owned(), before.clone());
            }
            warn_of_unfinished(events, found, &as_then, sources);
        }
        (fresh(identity), None, RejectsSink::create(rejects)?)
    };
    let began = first.started_at.parse::<jiff::Timestamp>().map_err(|error| {
        Error::input(format!("checkpoint {} has no start time", path.display())).because(&error)
    })?;
    let began = began.as_second();
    let file = rejects.file().map(absolute);
    let bytes = first.rejects.as_ref().map_or(0, |rejects| rejects.bytes);
    let rejects_file = file.map(|path| RejectsFile { path, bytes });
    let first = Checkpoint { rejects: rejects_file, by: by.clone(), ..first };
    let saver = match Saver::begin(&path, options.checkpoint_every, first, lock) {
        Ok(saver) => Some(saver),
        Err(error) if options.checkpoint.is_none() && !options.resume => {
            without(events, &error);
            None
        }
        Err(error) => return Err(error),
    };
    Ok(Start { resumed, saver, rejects, began, list_type })
}

/// Returns the identity for the checkpoint; `None` if an input cannot be read twice.
fn identify(
    options: &Reliability,
    sources: &[Source],
    preparer: &Preparer,
    (arn, target): (&str, RunTarget<'_>),
    mut settings: BTreeMap<String, String>,
) -> Result<Option<Identity>> {
    if let Some(pipe) = sources.iter().find(|source| source.path().is_none()) {
        if options.resume || options.checkpoint.is_some() {
            let name = if pipe.name == "-" { "stdin" } else { &pipe.name };
            return Err(Error::new(
                Kind::Usage,
                format!("a run that reads {name} cannot be resumed"),
            )
            .hint("a pipe can be read only once; save its output to a file first"));
        }
        return Ok(None);
    }
    let inputs = sources.iter().filter_map(Source::path).map(InputIdentity::of);
    let schema = &preparer.schema;
    for (name, value) in [
        ("facts", preparer.facts_kind().to_owned()),
        ("the user attribute", schema.user_attr.clone()),
        ("the list attribute", schema.list_attr.clone()),
        ("the time attribute", schema.generated_at_attr.clone()),
        ("the type of keys", format!("{:?}", schema.key_type)),
        (LIST_TYPE, target.list_type.list_type.map_or(AS_CAME.to_owned(), |k| format!("{k:?}"))),
    ] {
        settings.entry(name.to_owned()).or_insert(value);
    }
    Ok(Some(Identity {
        inputs: inputs.collect::<Result<_>>()?,
        table: arn.to_owned(),
        table_id: target.table_id,
        policy_fingerprint: preparer.policy.fingerprint(),
        settings,
    }))
}

/// Parses the list type of a checkpoint.
fn typed(text: &str) -> Option<ListType> {
    match text {
        "N" => Some(ListType::of_table(Some(KeyType::N))),
        "S" => Some(ListType::of_table(Some(KeyType::S))),
        AS_CAME => Some(ListType::of_ids()),
        _ => None,
    }
}

/// Finds and locks the checkpoint file. `None` if there is no place for one and none was requested.
fn keep(
    (home, events): (&HomeOptions, &Events),
    options: &Reliability,
    identity: &Identity,
) -> Result<Option<(PathBuf, CheckpointLock)>> {
    let asked_for = options.resume || options.checkpoint.is_some();
    let taken = Home::of(home).and_then(|home| {
        let default = || checkpoint::default_path(&home, identity);
        let path = match &options.checkpoint {
            None if home.is_passing() => return Ok(None),
            given => given.clone().unwrap_or_else(default),
        };
        CheckpointLock::take(&home, &path).map(|lock| Some((path, lock)))
    });
    match taken {
        Ok(None) => Ok(None),
        Ok(Some((path, Some(lock)))) => Ok(Some((path, lock))),
        Ok(Some((path, None))) => Err(Error::refused(format!(
            "another recoctl process is running this backfill (checkpoint {})",
            path.display()
        ))
        .hint("wait for it to finish, or stop it")),
        Err(error) if asked_for => Err(error),
        Err(error) => {
            without(events, &error);
            Ok(None)
        }
    }
}

fn without(events: &Events, error: &Error) {
    events.warn(format!("this run cannot be resumed: {error}"));
}

fn fresh(identity: Identity) -> Checkpoint {
    let now = jiff::Timestamp::now().to_string();
    Checkpoint {
        version: VERSION,
        recoctl: env!("CARGO_PKG_VERSION").to_owned(),
        identity,
        started_at: now.clone(),
        saved_at: now,
        runs: 1,
        state: CheckpointState::default(),
        rejects: None,
        by: RunBy::default(),
    }
}

fn nothing_to_resume(path: &Path) -> Error {
    Error::input(format!("checkpoint {} not found", path.display())).hint(
        "no backfill of these inputs into this table was started on this machine; omit --resume to start one",
    )
}

fn refuse_changes(now: &Identity, found: &Checkpoint, path: &Path) -> Result<()> {
    let changes = now.changes_since(&found.identity);
    if changes.is_empty() {
        return Ok(());
    }
    let what = format!("cannot resume from checkpoint {}", path.display());
    Err(Error::refused(what).cause(changes.join("; ")).hint(
        "undo the change, or omit --resume to start from the beginning: writing a line twice is harmless",
    ))
}

/// Returns the rejects file of the earlier runs, or a new one if they had none.
fn resume_rejects(found: &Checkpoint, asked_for: Option<&Path>) -> Result<RejectsSink> {
    let Some(RejectsFile { path, bytes }) = &found.rejects else {
        return RejectsSink::create(asked_for);
    };
    if let Some(asked_for) = asked_for.filter(|asked_for| absolute(asked_for) != *path) {
        return Err(Error::refused(format!(
            "the rejects file is {}, but earlier runs used {}",
            asked_for.display(),
            path.display()
        ))
        .hint("omit --rejects to continue with the earlier file"));
    }
    RejectsSink::resume(path, *bytes)
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn announce(events: &Events, found: &Checkpoint, sources: &[Source]) {
    if found.state.finished {
        let at = &found.saved_at;
        return events.status(format!("this backfill finished at {at}: nothing left to do"));
    }
    events.status(format!("resuming {}", reached(found, sources)));
}

fn warn_of_unfinished(events: &Events, found: &Checkpoint, now: &Identity, sources: &[Source]) {
    let begun = found.state.run_counts.lines.read > 0;
    if found.state.finished || !begun || !now.changes_since(&found.identity).is_empty() {
        return;
    }
    events.warn(format!(
        "an earlier run of this backfill was interrupted; starting from the beginning (--resume would continue {})",
        reached(found, sources)
    ));
}

fn reached(found: &Checkpoint, sources: &[Source]) -> String {
    let at = found.state.at;
    let At { file, line, .. } = At::of(sources.get(at.file).map(|source| &source.name), at);
    let lines = found.state.run_counts.lines.read;
    let done = format!("{} {} done", amount(lines, "line"), form(lines, "is", "are"));
    format!("from {file}:{line} ({done})")
}
