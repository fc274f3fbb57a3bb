//! Lock that allows one run at a time on a DLQ: two would hold each other's messages, and one might
//! send a message whose fate is uncertain in the other.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use reco_core::hex;
use reco_core::human::to_the_second;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::home::{Home, make_private};
use crate::error::{Error, Result};
use crate::files::safe_file::{no_follow, open_regular};

/// Times that a lock in use is tried again: on a busy machine, a look may take a while.
const LOOKS: u32 = 50;
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(5);
/// Maximum length of a state directory's id in bytes.
const STATE_ID: u64 = 16;

/// Lock on a DLQ, held while this value lives. The operating system releases it however the process
/// ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Holder of a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Id of the run.
    pub run_id: String,
    /// Time at which it was taken, RFC 3339.
    pub since: String,
    /// ARN of the queue.
    pub queue: String,
}

impl Lock {
    /// Takes the lock on the queue `arn` for the run `run_id`.
    ///
    /// # Errors
    /// Refused when another run holds it or the file cannot be created.
    pub fn take(home: &Home, arn: &str, run_id: &str) -> Result<Self> {
        let failed = |error: &std::io::Error| {
            Error::refused(format!("cannot create the lock file for {arn}"))
                .because(error)
                .hint("set XDG_STATE_HOME to a writable directory")
        };
        let mut file = open(home, arn, true).map_err(|error| failed(&error))?;
        let mut looks = 0;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(failed(&error)),
                // A process that only looks for the holder has a shared lock for that instant.
                Err(TryLockError::WouldBlock) if looks < LOOKS => {
                    looks += 1;
                    std::thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => return Err(refusal(arn, read(&mut file))),
            }
        }
        let since = jiff::Timestamp::now().to_string();
        let holder = Holder {
            pid: std::process::id(),
            run_id: run_id.to_owned(),
            since,
            queue: arn.to_owned(),
        };
        let text = serde_json::to_string(&holder).unwrap_or_default();
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.as_bytes()))
            .map_err(|error| failed(&error))?;
        Ok(Lock { _file: file })
    }

    /// Returns the current holder of the lock on the queue `arn`.
    #[must_use]
    pub fn holder(home: &Home, arn: &str) -> Option<Holder> {
        let mut file = open(home, arn, false).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read(&mut file),
            _ => None,
        }
    }
}

impl Lock {
    /// Returns the id of a state directory, by which its runs recognise each other's locks on other
    /// machines' screens. If it cannot be kept, it is another one for each run.
    #[must_use]
    pub fn state_id(home: &Home) -> String {
        let path = home.locks().join("state-id");
        read_id(&path)
            .or_else(|| {
                make_private(home.locks()).ok()?;
                let mut file = tempfile::NamedTempFile::new_in(home.locks()).ok()?;
                file.write_all(new_id().as_bytes()).ok()?;
                // Another run may have been first: then its id counts.
                let _ = file.persist_noclobber(&path);
                read_id(&path)
            })
            .unwrap_or_else(new_id)
    }
}

fn new_id() -> String {
    format!("{:016x}", fastrand::u64(..))
}

fn read_id(path: &Path) -> Option<String> {
    let mut id = String::new();
    open_regular(path).ok()?.take(STATE_ID).read_to_string(&mut id).ok()?;
    (id.len() as u64 == STATE_ID).then_some(id)
}

fn refusal(arn: &str, holder: Option<Holder>) -> Error {
    let who = match holder {
        Some(Holder { pid, run_id, since, .. }) => {
            format!("locked by process {pid} (run {run_id}) since {}Z", to_the_second(&since))
        }
        None => "it has just started".to_owned(),
    };
    Error::refused(format!("refusing to run while another recoctl process moves messages of {arn}"))
        .cause(who)
        .hint("wait for it to finish, or stop it; see its progress with: recoctl dlq journal list")
}

fn open(home: &Home, arn: &str, create: bool) -> std::io::Result<File> {
    if create {
        make_private(home.locks())?;
    }
    let sum: [u8; 32] = Sha256::digest(arn.as_bytes()).into();
    let name = hex(&sum[..16]);
    let mut options = OpenOptions::new();
    // Not truncated here: until the lock is taken, the content describes its current holder.
    options.read(true).write(create).create(create).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    no_follow(&mut options).open(home.locks().join(format!("{name}.lock")))
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_directory_keeps_its_id() {
        let (one, other) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("other"));
        let id = Lock::state_id(&Home::for_tests(one.path()));
        assert_eq!((id.len(), Lock::state_id(&Home::for_tests(one.path()))), (16, id.clone()));
        assert_ne!(Lock::state_id(&Home::for_tests(other.path())), id);
    }

    #[test]
    fn looking_for_the_holder_keeps_no_run_from_taking_the_lock() {
        let root = tempfile::tempdir().expect("a directory");
        let home = Home::for_tests(root.path());
        drop(Lock::take(&home, "arn", "first").expect("free"));
        // As `Lock::holder` does, caught in the middle.
        let looking = open(&home, "arn", false).expect("there");
        looking.lock_shared().expect("free");
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| Lock::take(&home, "arn", "second").map(drop));
            std::thread::sleep(PAUSE);
            drop(looking);
            taken.join().expect("it ends").expect("it is free but for the look");
        });
        let _held = Lock::take(&home, "arn", "third").expect("free");
        let refused = Lock::take(&home, "arn", "fourth").expect_err("held");
        assert!(format!("{refused:?}").contains("third"), "{refused:?}");
        assert_eq!(
            Lock::holder(&home, "arn").map(|holder| holder.run_id).as_deref(),
            Some("third")
        );
    }
}
