//! Restrictions on a `recoctl.toml` in the working directory, and the record of trusted files.
//!
//! The working directory may be a clone of a repository that the operator does not control. Its
//! file may decide which queue and table are meant; but only the operator decides where requests,
//! credentials and message bodies go, and which files are read.

use std::path::{Component, Path, PathBuf};

use reco_store::facts::stays_here;
use sha2::{Digest, Sha256};

use super::Key;
use reco_ops::error::{Error, Result};
use reco_ops::files::safe_file::{make_private, read_settings, unharmed_directory};

/// Origin of the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigOrigin {
    /// Named by `--config` or `RECOCTL_CONFIG`.
    Named,
    /// The user's own file, in the config directory.
    Own,
    /// Found in the working directory.
    Directory {
        /// True if `recoctl config trust` has recorded its current content.
        trusted: bool,
    },
}

impl ConfigOrigin {
    /// Returns whether every value in the file takes effect.
    #[must_use]
    pub fn is_trusted(self) -> bool {
        self != ConfigOrigin::Directory { trusted: false }
    }
}

/// Returns whether a value may take effect from an untrusted file in the directory `dir`.
#[must_use]
pub fn is_harmless(key: Key, value: &str, dir: &Path) -> bool {
    match key {
        Key::Profile | Key::EndpointUrl => false,
        Key::Facts => match value.strip_prefix("sqlite:") {
            // As in the code that opens it: only the slashes of the URL are stripped, not those of
            // an absolute path.
            Some(path) => is_inside(path.strip_prefix("//").unwrap_or(path), dir),
            None => stays_here(value),
        },
        Key::FactsTables | Key::Policy => is_inside(value, dir),
        Key::Region
        | Key::Queue
        | Key::Dlq
        | Key::Table
        | Key::Function
        | Key::LogGroup
        | Key::KeyAttribute
        | Key::ListAttribute
        | Key::GeneratedAtAttribute
        | Key::Output => true,
    }
}

/// Returns the error for a value of an untrusted file.
#[must_use]
pub fn refusal(file: &Path, section: &str, key: Key) -> Error {
    let (file, name) = (file.display(), key.name());
    let danger = match key {
        Key::Facts => "this setting decides where facts and their credentials are sent",
        Key::FactsTables | Key::Policy => {
            "this setting names a file outside the directory of recoctl.toml"
        }
        _ => "this setting decides where requests, credentials and message bodies are sent",
    };
    let instead = match key {
        Key::FactsTables => String::new(),
        key => format!(", or {} of your own", key.flag()),
    };
    Error::refused(format!("{file} sets {name} ({section}), but the file is not trusted"))
        .cause(format!(
            "a file in the working directory may come from a repository that you do not control; {danger}"
        ))
        .hint(format!(
            "review it, then run `recoctl config trust`, or pass --config {file}{instead}"
        ))
}

/// Returns whether a path stays inside `dir`, with all links resolved.
fn is_inside(path: &str, dir: &Path) -> bool {
    let path = Path::new(path);
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if path.as_os_str().is_empty() || !path.components().all(plain) {
        return false;
    }
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    match (dir.canonicalize(), dir.join(path).canonicalize()) {
        (Ok(dir), Ok(path)) => path.starts_with(dir),
        // A missing file is never read; but a dangling link does not count as missing.
        (Ok(_), Err(error)) => {
            error.kind() == std::io::ErrorKind::NotFound
                && dir.join(path).symlink_metadata().is_err()
        }
        (Err(_), _) => false,
    }
}

/// Returns a directory of the user: from a variable, or else its place in the home directory.
pub(super) fn user_directory(
    env: &dyn Fn(&str) -> Option<String>,
    variable: &str,
    in_home: &str,
) -> Option<PathBuf> {
    // XDG Base Directory Specification: relative paths must be ignored. A relative HOME is ignored
    // too, since the working directory could then decide what is the user's own and what is trusted.
    let absolute = |name| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(in_home)))
}

/// Record of trusted files: one file for each, named after the digest of its path and content.
#[derive(Debug)]
pub struct Trusted {
    dir: PathBuf,
}

impl Trusted {
    /// Returns the record in the user's state directory; `None` if there is none.
    #[must_use]
    pub fn of(env: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let state = user_directory(env, "XDG_STATE_HOME", ".local/state")?;
        Some(Trusted { dir: state.join("recoctl").join("trusted") })
    }

    /// Returns whether this file is trusted with this content.
    #[must_use]
    pub fn has(&self, file: &Path, text: &str) -> bool {
        // A record that others can write proves nothing.
        let sound = [self.dir.parent(), Some(self.dir.as_path())]
            .into_iter()
            .flatten()
            .all(|dir| unharmed_directory(dir).is_ok());
        sound && self.entry(file, text).is_some_and(|entry| read_settings(&entry, true).is_ok())
    }

    /// Records trust in this file with this content.
    ///
    /// # Errors
    /// Fails if the record cannot be saved.
    pub fn remember(&self, file: &Path, text: &str) -> Result<()> {
        let failed = |error: &std::io::Error| {
            Error::refused(format!("cannot record trust in {}", file.display()))
                .because(error)
                .hint("set XDG_STATE_HOME to a writable directory")
        };
        for dir in self.dir.parent().into_iter().chain([self.dir.as_path()]) {
            unharmed_directory(dir)?;
        }
        let entry = self
            .entry(file, text)
            .ok_or_else(|| Error::config(format!("cannot read {}", file.display())))?;
        make_private(&self.dir).map_err(|error| failed(&error))?;
        let mut whole = tempfile::NamedTempFile::new_in(&self.dir).map_err(|e| failed(&e))?;
        std::io::Write::write_all(&mut whole, file.to_string_lossy().as_bytes())
            .map_err(|error| failed(&error))?;
        whole.persist(entry).map_err(|error| failed(&error.error))?;
        Ok(())
    }

    /// Revokes trust in this file with this content; returns whether it was trusted.
    ///
    /// # Errors
    /// Fails if the record cannot be removed.
    pub fn forget(&self, file: &Path, text: &str) -> Result<bool> {
        let Some(entry) = self.entry(file, text) else { return Ok(false) };
        match std::fs::remove_file(entry) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => {
                let what = format!("cannot revoke trust in {}", file.display());
                Err(Error::refused(what).because(&error))
            }
        }
    }

    fn entry(&self, file: &Path, text: &str) -> Option<PathBuf> {
        let path = file.canonicalize().ok()?;
        let mut sum = Sha256::new();
        sum.update(path.as_os_str().as_encoded_bytes());
        sum.update([0]);
        sum.update(text.as_bytes());
        Some(self.dir.join(reco_core::hex(&sum.finalize())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_and_what_leads_elsewhere_does_not() {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(dir.path().join("sub")).expect("made");
        for name in ["policy.toml", "sub/facts.sqlite"] {
            std::fs::write(dir.path().join(name), "").expect("written");
        }
        let harmless = |key, value: &str| is_harmless(key, value, dir.path());
        for (key, value) in [
            (Key::Queue, "recs"),
            (Key::Dlq, "https://sqs.eu-west-1.amazonaws.com/1/recs-dlq"),
            (Key::Table, "recommendations"),
            (Key::Region, "eu-west-1"),
            (Key::Output, "json"),
            (Key::Policy, "policy.toml"),
            (Key::Policy, "./policy.toml"),
            (Key::Policy, "nowhere.toml"),
            (Key::Facts, "none"),
            (Key::Facts, "sqlite:sub/facts.sqlite"),
            (Key::Facts, "mysql://ro@127.0.0.1/app"),
        ] {
            assert!(harmless(key, value), "{} = {value}", key.name());
        }
        for (key, value) in [
            (Key::Profile, "prod"),
            (Key::EndpointUrl, "https://sqs.eu-west-1.amazonaws.com"),
            (Key::EndpointUrl, "http://127.0.0.1:1"),
            (Key::Policy, "/etc/shadow"),
            (Key::Policy, "../policy.toml"),
            (Key::Policy, "sub/../../policy.toml"),
            (Key::FactsTables, "/dev/zero"),
            (Key::FactsTables, ""),
            (Key::Facts, "sqlite:/etc/shadow"),
            (Key::Facts, "sqlite:///etc/shadow"),
            (Key::Facts, "sqlite:////etc/shadow"),
            (Key::Facts, "sqlite://///etc/shadow"),
            (Key::Facts, "sqlite:../facts.sqlite"),
            (Key::Facts, "/etc/shadow"),
            (Key::Facts, "mysql://ro@db.example/app"),
            (Key::Facts, "mysql://ro:pw@127.0.0.1/app"),
            (Key::Facts, "mysql://db.example/app?secret=ID"),
            (Key::Facts, "mysql://127.0.0.1/app?secret=ID"),
            (Key::Facts, "mysql://ro@127.0.0.1/app?auth=iam"),
            (Key::Facts, "mysql://ro@127.0.0.1/app?ssl-ca=/etc/shadow"),
            (Key::Facts, "arn:aws:secretsmanager:eu-west-1:1:secret:x"),
        ] {
            assert!(!harmless(key, value), "{} = {value}", key.name());
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_before_it_is_decided() {
        let dir = tempfile::tempdir().expect("a directory");
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(target, dir.path().join(name)).expect("linked");
        };
        std::fs::write(dir.path().join("real.toml"), "").expect("written");
        link("/etc/passwd", "out.toml");
        link("real.toml", "in.toml");
        link("/nowhere/yet", "later.toml");
        link("/etc", "etc");
        assert!(is_harmless(Key::Policy, "in.toml", dir.path()));
        for name in ["out.toml", "later.toml", "etc/passwd"] {
            assert!(!is_harmless(Key::Policy, name, dir.path()), "{name}");
        }
    }

    #[test]
    fn trust_is_in_a_path_and_a_content() {
        let home = tempfile::tempdir().expect("a directory");
        let state = home.path().to_string_lossy().into_owned();
        let env = |name: &str| (name == "XDG_STATE_HOME").then(|| state.clone());
        let trusted = Trusted::of(&env).expect("a memory");
        let (file, copy) = (home.path().join("recoctl.toml"), home.path().join("copy.toml"));
        for path in [&file, &copy] {
            std::fs::write(path, "a").expect("written");
        }
        assert!(!trusted.has(&file, "a"));
        trusted.remember(&file, "a").expect("remembered");
        assert!(trusted.has(&file, "a"));
        assert!(!trusted.has(&file, "b") && !trusted.has(&copy, "a"));
        assert!(trusted.forget(&file, "a").expect("forgotten"));
        assert!(!trusted.has(&file, "a") && !trusted.forget(&file, "a").expect("nothing"));
        assert!(Trusted::of(&|_| None).is_none());
    }
}
