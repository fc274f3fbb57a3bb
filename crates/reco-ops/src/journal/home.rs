//! Location of journals and locks.

use std::any::Any;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
pub use crate::files::safe_file::make_private;
use crate::files::safe_file::{unharmed_base, unharmed_directory};

/// Temporary directory, removed when this value is dropped.
pub struct Passing {
    /// Path of the directory.
    pub path: PathBuf,
    /// Guard that removes the directory on drop.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Inputs that determine where journals are kept.
#[derive(Debug, Clone, Default)]
pub struct HomeOptions {
    /// Value of `XDG_STATE_HOME`.
    pub state: Option<PathBuf>,
    /// Value of `HOME`.
    pub home: Option<PathBuf>,
    /// Custom endpoint used instead of AWS's own.
    pub endpoint: Option<String>,
    /// Creates a temporary directory, for a sandbox that ends with this process.
    pub passing: Option<fn() -> io::Result<Passing>>,
}

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Passing").field(&self.path).finish()
    }
}

/// Directory for the journals and locks of one endpoint.
#[derive(Debug)]
pub struct Home {
    root: PathBuf,
    locks: PathBuf,
    /// Temporary directory of a sandbox that ends with this process: its journals are useless
    /// afterwards.
    passing: Option<Passing>,
}

impl Home {
    /// Opens the home under a state directory of a test.
    #[cfg(test)]
    pub(crate) fn for_tests(root: &Path) -> Self {
        let state = Some(root.to_owned());
        Home::of(&HomeOptions { state, ..HomeOptions::default() }).expect("a state directory")
    }

    /// Returns `$XDG_STATE_HOME/recoctl/journal`, or else `~/.local/state/recoctl/journal`, without
    /// creating it. A custom endpoint gets a subdirectory named after it, since queues of two
    /// endpoints may have the same ARN.
    ///
    /// # Errors
    /// When neither variable is set, or other users can write to the directory.
    pub fn of(options: &HomeOptions) -> Result<Self> {
        if let Some(passing) = options.passing {
            let passing = passing().map_err(|error| {
                Error::refused("cannot create a directory for the journal").because(&error)
            })?;
            let (root, locks) = (passing.path.clone(), passing.path.join("locks"));
            return Ok(Home { root, locks, passing: Some(passing) });
        }
        // XDG Base Directory Specification: a relative path is to be ignored. So is a relative
        // HOME, which would make the record of sent messages depend on the working directory.
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
        // Locks are shared by all endpoints, so that a queue has one lock however its endpoint is
        // spelled.
        let locks = root.join("locks");
        unharmed_directory(&locks)?;
        if let Some(name) = options.endpoint.as_deref().and_then(directory_name) {
            root.push(name);
            unharmed_directory(&root)?;
        }
        unharmed_directory(&root.join("backfills"))?;
        Ok(Home { root, locks, passing: None })
    }

    /// Returns the directory of the journals.
    #[must_use]
    pub fn journals(&self) -> &Path {
        &self.root
    }

    /// Returns the directory of backfill checkpoints.
    #[must_use]
    pub fn backfills(&self) -> PathBuf {
        self.root.join("backfills")
    }

    /// Returns the directory of the locks.
    #[must_use]
    pub fn locks(&self) -> &Path {
        &self.locks
    }

    /// Returns whether the directory is removed when this process ends.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        self.passing.is_some()
    }
}

/// Returns a directory name from the host and port of an endpoint; `None` for AWS's own endpoints.
/// All spellings of the loopback address share one directory.
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
    // The prefix rules out hidden names and paths that leave the directory.
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
