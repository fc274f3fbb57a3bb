//! Settings for connecting to AWS.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// Setting and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Value as given.
    pub value: String,
    /// Source: `flag --profile`, `environment RECOCTL_PROFILE`, ...
    pub by: String,
}

/// Snapshot of the process's environment variables at startup.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Environment(variables.into_iter().collect())
    }
}

impl Environment {
    /// Returns a variable if it is UTF-8 and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let value = self.0.get(OsStr::new(name))?.to_str()?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// Returns a variable if it is UTF-8 and not blank.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.0.iter()
    }
}

/// AWS connection settings.
#[derive(Debug, Clone, Default)]
pub struct AwsOptions {
    /// Profile, if named by flag, environment or config file.
    pub profile: Option<Given>,
    /// Region, if configured explicitly.
    pub region: Option<String>,
    /// Endpoint to use in place of AWS's own.
    pub endpoint: Option<Given>,
    /// True if the endpoint is this run's sandbox.
    pub sandbox: bool,
    /// Queues, tables and functions as given; a URL or ARN among them provides the region.
    pub named: Vec<String>,
    /// Environment variables that the SDK sees.
    pub environment: Environment,
}
