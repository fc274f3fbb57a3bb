//! Where journals and locks are kept.

use std::any::Any;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
pub use crate::files::safe_file::make_private;
use crate::files::safe_file::{unharmed_base, unharmed_directory};

/// A directory that goes when this does.
pub struct Passing {
    /// Where it is.
    pub path: PathBuf,
    /// What keeps it.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Where journals may be kept.
#[derive(Debug, Clone, Default)]
pub struct HomeOptions {
    /// `XDG_STATE_HOME`.
    pub state: Option<PathBuf>,
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// The endpoint that stands in for AWS's own.
    pub endpoint: Option<String>,
    /// For a sandbox that ends with this process: makes a directory that does so, too.
    pub passing: Option<fn() -> io::Result<Passing>>,
}

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Passing").field(&self.path).finish()
    }
}

/// The directory for the journals and locks of one endpoint.
#[derive(Debug)]
pub struct Home {
    root: PathBuf,
    locks: PathBuf,
    /// The directory of a sandbox that ends with this process: its journals are of no use later.
    passing: Option<Passing>,
}

impl Home {
    /// `$XDG_STATE_HOME/recoctl/journal`, else `~/.local/state/recoctl/journal`; for an endpoint
    /// that is not AWS's own, a directory in it that is named after the endpoint, since queues of
    /// two endpoints may have the same ARN. Nothing is created yet.
    ///
    /// # Errors
    /// When neither variable is set, or other users could write what is there.
    pub fn of(options: &HomeOptions) -> Result<Self> {
        if let Some(passing) = options.passing {
            let passing = passing().map_err(|error| {
                Error::refused("cannot create a directory for the journal").because(&error)
            })?;
            let (root, locks) = (passing.path.clone(), passing.path.join("locks"));
            return Ok(Home { root, locks, passing: Some(passing) });
        }
        // XDG Base Directory Specification: a relative path is to be ignored. So is a relative HOME, which
        // would let the working directory say what was sent.
        let home = options.home.as_ref().filter(|path| path.is_absolute());
        let state = options.state.clone().filter(|path| path.is_absolute());
        let state =
            state.or_else(|| home.map(|home| home.join(".local/state"))).ok_or_else(|| {
                Error::refused(
                    "no state directory for the journal: neither XDG_STATE_HOME nor HOME is set",
                )
                .hint("set XDG_STATE_HOME to a writable directory")
            })?;
        unharmed_base(&state)?;
        let mut root = state.join("recoctl");
        unharmed_directory(&root)?;
        root.push("journal");
        unharmed_directory(&root)?;
        // However the endpoint is spelled, a queue has one lock.
        let locks = root.join("locks");
        unharmed_directory(&locks)?;
        if let Some(name) = options.endpoint.as_deref().and_then(directory_name) {
            root.push(name);
            unharmed_directory(&root)?;
        }
        unharmed_directory(&root.join("backfills"))?;
        Ok(Home { root, locks, passing: None })
    }

    /// Where journals are.
    #[must_use]
    pub fn journals(&self) -> &Path {
        &self.root
    }

    /// Where checkpoints of backfills are.
    #[must_use]
    pub fn backfills(&self) -> PathBuf {
        self.root.join("backfills")
    }

    /// Where locks are.
    #[must_use]
    pub fn locks(&self) -> &Path {
        &self.locks
    }

    /// Returns whether it goes when this process ends.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        self.passing.is_some()
    }
}

/// Host and port of an endpoint, as a directory may be named; `None` for AWS's own endpoints, which
/// need no name. The loopback address has several spellings and one directory.
fn directory_name(endpoint: &str) -> Option<String> {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or(host).to_ascii_lowercase();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, port),
        _ => (host.as_str(), ""),
    };
    if [".amazonaws.com", ".amazonaws.com.cn"].iter().any(|aws| name.ends_with(aws)) {
        return None;
    }
    let name = if ["localhost", "[::1]"].contains(&name) { "127.0.0.1" } else { name };
    let host = if port.is_empty() { name.to_owned() } else { format!("{name}:{port}") };
    let keep = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let name: String = host.chars().map(|c| if keep(c) { c } else { '_' }).collect();
    // Nothing that leads out of the directory, and nothing hidden.
    Some(format!("at-{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_directories_of_their_own() {
        let name = |endpoint| directory_name(endpoint).unwrap_or_default();
        assert_eq!(name("http://127.0.0.1:4566/"), "at-127.0.0.1_4566");
        assert_eq!(name("../.."), "at-..");
        assert_ne!(name("http://a:1"), name("http://a:2"));
    }

    #[test]
    fn one_endpoint_has_one_directory_however_it_is_spelled() {
        for spelled in ["http://localhost:4566", "http://LOCALHOST:4566/", "http://[::1]:4566/x"] {
            assert_eq!(directory_name(spelled).as_deref(), Some("at-127.0.0.1_4566"), "{spelled}");
        }
        for aws in
            ["https://sqs.eu-west-1.amazonaws.com", "https://sqs.cn-north-1.amazonaws.com.cn/"]
        {
            assert_eq!(directory_name(aws), None, "{aws} is where it would go anyway");
        }
    }
}
