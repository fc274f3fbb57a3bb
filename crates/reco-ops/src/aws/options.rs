//! What is configured of the way to AWS.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// A value, and who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The value.
    pub value: String,
    /// `flag --profile`, `environment RECOCTL_PROFILE`, ...
    pub by: String,
}

/// The variables of this process, as they were when it was set up.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Environment(variables.into_iter().collect())
    }
}

impl Environment {
    /// A variable that is UTF-8 and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let value = self.0.get(OsStr::new(name))?.to_str()?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// A variable that says something.
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
    /// The profile.
    pub profile: Option<Given>,
    /// The region.
    pub region: Option<String>,
    /// The endpoint that stands in for AWS's own.
    pub endpoint: Option<Given>,
    /// True if the endpoint is the sandbox of this run.
    pub sandbox: bool,
    /// Queues, tables and functions as they are named, which may say the region.
    pub named: Vec<String>,
    /// Environment variables, as the SDK sees them.
    pub environment: Environment,
}
