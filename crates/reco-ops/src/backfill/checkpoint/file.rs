//! Checkpoint files: default location, loading, saving and locking.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use reco_core::hex;
use sha2::{Digest, Sha256};

use super::{Checkpoint, Identity, VERSION};
use crate::error::{Error, Result};
use crate::files::safe_file::private_options;
use crate::journal::{Home, make_private};

/// Returns the default checkpoint file of a backfill, next to the journals.
#[must_use]
pub fn default_path(home: &Home, identity: &Identity) -> PathBuf {
    home.backfills().join(format!("{}.json", identity.name()))
}

/// Reads a checkpoint; `None` if the file does not exist.
///
/// # Errors
/// Fails if it cannot be read, is not a checkpoint, or has another version.
pub fn load(path: &Path) -> Result<Option<Checkpoint>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path).because(&error)),
    };
    parse(path, &text).map(Some)
}

/// Parses the text of a checkpoint file.
///
/// # Errors
/// Fails if it is not a checkpoint or has another version.
pub fn parse(path: &Path, text: &[u8]) -> Result<Checkpoint> {
    let value: serde_json::Value =
        serde_json::from_slice(text).map_err(|error| unusable(path).because(&error))?;
    let version = value.get("version").and_then(serde_json::Value::as_u64);
    if version != Some(VERSION.into()) {
        let found = version.map_or("no version".to_owned(), |version| format!("version {version}"));
        return Err(unusable(path).cause(format!("it is of {found}; this recoctl reads {VERSION}")));
    }
    serde_json::from_value(value).map_err(|error| unusable(path).because(&error))
}

fn unusable(path: &Path) -> Error {
    Error::input(format!("cannot use checkpoint {}", path.display()))
        .hint("remove it to start from the beginning: writing a line twice is harmless")
}

/// Saves a checkpoint atomically: a crash leaves either the old or the new one.
pub(super) fn save(path: &Path, checkpoint: &Checkpoint) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_private(parent)?;
    }
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let mut file = private_options().create(true).truncate(true).open(&temporary)?;
    let mut text = serde_json::to_vec_pretty(checkpoint)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    // Without this, a crash of the machine may bring back the old name.
    #[cfg(unix)]
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

/// Lock that keeps other runs off a checkpoint while held. The system releases it however the
/// process ends.
#[derive(Debug)]
pub struct CheckpointLock {
    _file: File,
}

impl CheckpointLock {
    /// Locks a checkpoint; `None` if another run holds the lock.
    ///
    /// # Errors
    /// Refuses if the lock file cannot be created.
    pub fn take(home: &Home, checkpoint: &Path) -> Result<Option<Self>> {
        let absolute = std::path::absolute(checkpoint).unwrap_or_else(|_| checkpoint.to_owned());
        let digest = Sha256::digest(absolute.as_os_str().as_encoded_bytes());
        let name = format!("backfill-{}.lock", &hex(&digest)[..32]);
        let open = || -> std::io::Result<File> {
            make_private(home.locks())?;
            let mut options = private_options();
            options.create(true).truncate(false).open(home.locks().join(name))
        };
        let path = checkpoint.display();
        let failed = |error: &std::io::Error| {
            Error::refused(format!("cannot create the lock file of checkpoint {path}"))
                .because(error)
                .hint("set XDG_STATE_HOME to a writable directory")
        };
        let file = open().map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(CheckpointLock { _file: file })),
            Err(TryLockError::Error(error)) => Err(failed(&error)),
            Err(TryLockError::WouldBlock) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use reco_core::run_by::RunBy;

    use super::super::{CheckpointState, RejectsFile};
    use super::*;
    use crate::backfill::lines::LineStart;
    use crate::backfill::report::{InputFailure, Writes};
    use crate::backfill::run_counts::RunCounts;

    fn checkpoint() -> Checkpoint {
        let failure = InputFailure { line: 5, reason: "cut".to_owned() };
        Checkpoint {
            version: VERSION,
            recoctl: "0.1.0".to_owned(),
            identity: Identity {
                table_id: None,
                inputs: Vec::new(),
                table: "arn".to_owned(),
                policy_fingerprint: "cd".to_owned(),
                settings: BTreeMap::new(),
            },
            started_at: "then".to_owned(),
            saved_at: "now".to_owned(),
            runs: 2,
            state: CheckpointState {
                finished: false,
                at: LineStart { line: 7, offset: 90, inside: true, ..LineStart::start(1) },
                run_counts: RunCounts::default(),
                writes: Writes { consumed_wcu: 2.5, ..Writes::default() },
                duration_s: 1.25,
                failures: BTreeMap::from([(0, failure)]),
            },
            rejects: Some(RejectsFile { path: "/tmp/r".into(), bytes: 12 }),
            by: RunBy { reason: Some("INC-1".to_owned()), ..RunBy::default() },
        }
    }

    #[test]
    fn a_checkpoint_reads_back_and_replaces_the_one_before() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("deep/checkpoint.json");
        assert!(load(&path).expect("no error").is_none());
        let mut checkpoint = checkpoint();
        save(&path, &checkpoint).expect("saved");
        checkpoint.state.at.line = 8;
        save(&path, &checkpoint).expect("saved again");
        assert_eq!(load(&path).expect("read"), Some(checkpoint));
        let files = std::fs::read_dir(path.parent().expect("a parent")).expect("listed").count();
        assert_eq!(files, 1, "nothing temporary stays");
        #[cfg(unix)]
        crate::files::safe_file::assert_private(&path);
    }

    #[test]
    fn what_is_no_checkpoint_is_said() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("checkpoint.json");
        for text in ["", "{}", "{\"version\":2}", "{\"version\":1}"] {
            std::fs::write(&path, text).expect("written");
            let error = load(&path).expect_err(text);
            assert!(error.to_string().contains("cannot use checkpoint"), "{error}");
        }
    }
}
