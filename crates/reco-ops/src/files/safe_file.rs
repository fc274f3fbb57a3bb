//! Safe access to files that control recoctl: ownership, type and size are checked.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, Kind, Result};

/// Maximum size of a file of settings, a policy, or names, all of which are written by hand.
pub const SETTINGS_LIMIT: u64 = 1 << 20;

/// Maximum size of other files that are read whole: a plan lists every message of a queue.
pub const INPUT_LIMIT: u64 = 512 << 20;

/// Asserts that only its owner may read or write a file.
#[cfg(all(test, unix))]
pub(crate) fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Disables core files, which would hold message bodies and credentials.
pub fn leave_no_core() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // If this fails, the shell's setting remains.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// Reads a settings file: a regular file of limited size that no other user could have written.
///
/// # Errors
/// Config if it cannot be read or is not a regular file; refused if others could have written it.
/// `owned` is false for a file that the operator has named.
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

/// Opens one of recoctl's own files for reading. An endless device or a pipe without a writer in
/// its place must not block the run.
///
/// # Errors
/// Fails with the system's error, or if it is not a regular file.
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
/// Fails with the system's error, e.g. if the file exists.
pub fn create_private(path: &Path) -> io::Result<File> {
    private_options().create_new(true).open(path)
}

/// Options for writing a file that only this user can read and write, and not through a link.
#[must_use]
pub fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    no_follow(options.write(true));
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Opens a file without blocking, because a pipe may have no writer.
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

/// Makes an open fail if the last part of the path is a symbolic link: only recoctl writes its
/// state, and it creates no links.
pub fn no_follow(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options
}

/// Checks that no other user could have written a file or directory.
///
/// # Errors
/// Refuses with the reason and the command that fixes it.
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

/// Checks that only the operator can write a directory of recoctl's state. A missing one is fine,
/// because recoctl creates it that way.
///
/// # Errors
/// Refuses as [`unharmed`] does.
pub fn unharmed_directory(path: &Path) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(data) => unharmed(path, &data, true),
        Err(_) => Ok(()),
    }
}

/// Like [`unharmed_directory`], for the parents of recoctl's directories: others may create files
/// there if they cannot rename or remove ours (sticky bit, as on `/tmp`).
///
/// # Errors
/// Refuses as [`unharmed`] does.
pub fn unharmed_base(path: &Path) -> Result<()> {
    match std::fs::metadata(path) {
        #[cfg(unix)]
        Ok(data) if std::os::unix::fs::MetadataExt::mode(&data) & 0o1000 != 0 => Ok(()),
        Ok(data) => unharmed(path, &data, true),
        Err(_) => Ok(()),
    }
}

/// Creates a directory that only this user can read.
///
/// # Errors
/// Fails with the system's error.
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
    // Files owned by root are fine: root can write anywhere anyway.
    if owned && data.uid() != me && data.uid() != 0 {
        return Some((
            format!("it belongs to another user (uid {})", data.uid()),
            "chown $(id -u)",
        ));
    }
    // A private group has the user as its only member; `umask 002` is usual on such systems.
    let private_group = group == data.uid();
    let open_to_group = data.mode() & 0o020 != 0 && !private_group;
    if data.file_type().is_symlink() {
        // The mode of a link has no meaning.
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
