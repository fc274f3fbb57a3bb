//! Typed access to environment variables.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

use reco_core::policy::Policy;
use reco_store::facts::CacheOptions;

use super::SettingsError;

/// The environment, through a function that returns the value of a variable.
pub(super) struct Variables<F>(pub(super) F);

impl<F: Fn(&str) -> Option<String>> Variables<F> {
    /// Returns the value, unless it is empty: templates set unused variables to an empty string.
    pub(super) fn set(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    pub(super) fn required(
        &self,
        name: &'static str,
        hint: &'static str,
    ) -> Result<String, SettingsError> {
        self.set(name).ok_or(SettingsError::Missing { name, hint })
    }

    pub(super) fn number(
        &self,
        name: &'static str,
        unit: &'static str,
    ) -> Result<Option<u64>, SettingsError> {
        let number = |value: String| match value.parse() {
            Ok(number) => Ok(number),
            Err(_) => Err(SettingsError::NotANumber { name, value, unit }),
        };
        self.set(name).map(number).transpose()
    }

    /// Returns the result of `read` for the TOML in the variable, or in the file named by it.
    pub(super) fn toml<T, E: Display>(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.set(name) else { return Ok(None) };
        // TOML contains `=`, `[` or a line break; paths with any of these are not supported.
        let text = if text.contains(['=', '[', '\n']) {
            text
        } else {
            let path = self.packaged(text);
            std::fs::read_to_string(&path).map_err(|reason| SettingsError::File {
                name,
                path: path.display().to_string(),
                reason,
            })?
        };
        let value = read(&text);
        value.map(Some).map_err(|error| SettingsError::Toml { name, reason: error.to_string() })
    }

    /// A path inside the function's package, where Lambda has put it, unless it is absolute.
    fn packaged(&self, path: String) -> PathBuf {
        let root = self.set("LAMBDA_TASK_ROOT").unwrap_or_default();
        PathBuf::from(root).join(path)
    }

    pub(super) fn cache(
        &self,
        articles: &'static str,
        seconds: &'static str,
    ) -> Result<Option<CacheOptions>, SettingsError> {
        let mut cache = CacheOptions::default();
        if let Some(capacity) = self.number(articles, "articles")? {
            cache.capacity = capacity;
        }
        if let Some(seconds) = self.number(seconds, "seconds")? {
            cache.time_to_live = Duration::from_secs(seconds);
        }
        Ok((cache.capacity > 0 && !cache.time_to_live.is_zero()).then_some(cache))
    }

    pub(super) fn check_fingerprint(
        &self,
        name: &'static str,
        policy: &Policy,
    ) -> Result<(), SettingsError> {
        let actual = policy.fingerprint();
        match self.set(name) {
            Some(meant) if meant != actual => {
                Err(SettingsError::OtherPolicy { name, meant, actual })
            }
            _ => Ok(()),
        }
    }
}
