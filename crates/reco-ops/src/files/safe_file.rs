//! Files that decide what recoctl does: whose they are, what they are, and how much is read of them.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, Kind, Result};

/// Largest file of settings, of a policy, or of names. They are written by hand.
pub const SETTINGS_LIMIT: u64 = 1 << 20;

/// Largest file that a run reads whole: a plan names every message of a queue.
pub const INPUT_LIMIT: u64 = 512 << 20;

/// Lets no crash of this process leave a core file: it would hold bodies and credentials.
pub fn leave_no_core() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // A refusal leaves it as the operator's own shell has it.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// Reads a file of settings: a regular one, bounded, that no other user can have written.
///
/// # Errors
/// Config when it cannot be read or is not a regular file; refused when others could have written
/// it. `owned` is false for a file that the operator has named.
pub fn read_settings(path: &Path, owned: bool) -> Result<String> {
    let what = format!("cannot read {}", path.display());
    let failed = |error: &io::Error| Error::config(what.clone()).because(error);
    let file = open_regular(path).map_err(|error| failed(&error))?;
    let data = file.metadata().map_err(|error| failed(&error))?;
    unharmed(path, &data, owned)?;
    text(file, SETTINGS_LIMIT).map_err(|error| failed(&error))
}

fn text(file: File, limit: u64) -> io::Result<String> {
    let mut text = String::new();
    let read = file.take(limit + 1).read_to_string(&mut text)?;
    if read as u64 > limit {
        let most = reco_core::human::bytes(limit);
        return Err(io::Error::other(format!("it is larger than the limit of {most}")));
    }
    Ok(text)
}

/// Opens a file of recoctl's own to read it: what stands in its place and has no end, or nobody at
/// the other end, must not keep the run waiting.
///
/// # Errors
/// As the system says; when it is no regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let file = open_at_once(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("not a regular file")),
    }
}

/// Creates a file that only this user can read and write.
///
/// # Errors
/// As the system says; when it exists already.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens without waiting for another end: of a pipe there may be none.
fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(path)
}

/// Lets an open fail where the last part of the path is a link: state is written by recoctl alone,
/// and it makes no links.
pub fn no_follow(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options
}

/// Checks that no other user can have written a file or directory.
///
/// # Errors
/// Refused, with what is wrong and the command that mends it.
pub fn unharmed(path: &Path, data: &Metadata, owned: bool) -> Result<()> {
    match fault(data, owned) {
        None => Ok(()),
        Some((why, how)) => {
            let path = path.display();
            let error =
                Error::new(Kind::Refused, format!("{path} has unsafe ownership or permissions"));
            Err(error.cause(why).hint(format!("inspect its contents, then run `{how} {path}`")))
        }
    }
}

/// Checks that a directory of recoctl's own state is the operator's alone to write. One that is not
/// there yet is fine: it will be made so.
///
/// # Errors
/// Refused, as [`unharmed`].
pub fn unharmed_directory(path: &Path) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(data) => unharmed(path, &data, true),
        Err(_) => Ok(()),
    }
}

/// As [`unharmed_directory`], for what lies around recoctl's own: others may make files there where
/// they cannot rename or remove ours (the sticky bit, as `/tmp` has it).
///
/// # Errors
/// As [`unharmed`].
pub fn unharmed_base(path: &Path) -> Result<()> {
    match std::fs::metadata(path) {
        #[cfg(unix)]
        Ok(data) if std::os::unix::fs::MetadataExt::mode(&data) & 0o1000 != 0 => Ok(()),
        Ok(data) => unharmed(path, &data, true),
        Err(_) => Ok(()),
    }
}

/// Makes a directory that only this user can read.
///
/// # Errors
/// As the system says.
pub fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn fault(data: &Metadata, owned: bool) -> Option<(String, &'static str)> {
    use std::os::unix::fs::MetadataExt;
    let (me, group) = (rustix::process::geteuid().as_raw(), data.gid());
    // What root may write anyway is root's to own.
    if owned && data.uid() != me && data.uid() != 0 {
        return Some((
            format!("it belongs to another user (uid {})", data.uid()),
            "chown $(id -u)",
        ));
    }
    // A group named after its only user is that user: `umask 002` is usual where such are made.
    let private_group = group == data.uid();
    let open_to_group = data.mode() & 0o020 != 0 && !private_group;
    if data.file_type().is_symlink() {
        // Its own mode means nothing.
        return None;
    }
    if data.mode() & 0o002 != 0 || open_to_group {
        let mode = data.mode() & 0o7777;
        return Some((format!("other users can write it (mode {mode:04o})"), "chmod go-w"));
    }
    None
}

#[cfg(not(unix))]
fn fault(_: &Metadata, _: bool) -> Option<(String, &'static str)> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    fn file(dir: &Path, mode: u32) -> PathBuf {
        let path = dir.join(format!("f{mode:o}"));
        std::fs::write(&path, "queue = \"recs\"\n").expect("written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("changed");
        path
    }

    #[test]
    fn what_others_can_write_is_refused_with_the_command_that_mends_it() {
        let dir = tempfile::tempdir().expect("a directory");
        for mode in [0o600, 0o644, 0o640, 0o400] {
            assert!(read_settings(&file(dir.path(), mode), true).is_ok(), "{mode:o}");
        }
        for mode in [0o666, 0o602, 0o777, 0o646] {
            for owned in [true, false] {
                let error = read_settings(&file(dir.path(), mode), owned).expect_err("refused");
                assert_eq!(error.kind, Kind::Refused, "{mode:o}");
                assert!(error.hint.is_some_and(|hint| hint.contains("chmod go-w")));
            }
        }
    }

    #[test]
    fn only_regular_files_of_a_sane_size_are_read() {
        let dir = tempfile::tempdir().expect("a directory");
        let large = dir.path().join("large");
        std::fs::write(&large, vec![b'#'; SETTINGS_LIMIT as usize]).expect("written");
        assert!(read_settings(&large, true).is_ok());
        std::fs::write(&large, vec![b'#'; SETTINGS_LIMIT as usize + 1]).expect("written");
        assert!(read_settings(&large, true).expect_err("large").to_string().contains("larger"));
        let fifo = dir.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.is_ok_and(|status| status.success()));
        for path in [fifo.as_path(), Path::new("/dev/zero"), dir.path()] {
            let error = read_settings(path, false).expect_err("not regular");
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }
    }
}
