//! `recoctl.toml`: defaults at the top, environments in `[env.NAME]` sections.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Key;
use crate::error::{Error, Result};

/// A configuration file as read.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Where it was read from.
    pub path: PathBuf,
    content: Content,
}

/// Each section is a table of text values; keys are checked against [`Key`] so that a misspelt one
/// is an error and not a silent default.
#[derive(Debug, Clone, Default, Deserialize)]
struct Content {
    #[serde(default)]
    default_env: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(flatten)]
    top: BTreeMap<String, toml::Value>,
}

impl ConfigFile {
    /// Reads a file that must exist.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or has a key that recoctl does not know.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::config(format!("cannot read {}", path.display())).because(&error)
        })?;
        Self::parse(path, &text)
    }

    /// Finds `./recoctl.toml`, else the user's own under the XDG configuration directory.
    ///
    /// # Errors
    /// As [`ConfigFile::read`]; no file at all is fine.
    pub fn discover(env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let user = env("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| env("HOME").map(|home| Path::new(&home).join(".config")))
            .map(|dir| dir.join("recoctl").join("recoctl.toml"));
        let found = [Some(PathBuf::from("recoctl.toml")), user]
            .into_iter()
            .flatten()
            .find(|candidate| candidate.is_file());
        found.map(|path| Self::read(&path)).transpose()
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let content: Content = toml::from_str(text).map_err(|error| {
            Error::config(format!("{} is not valid", path.display())).cause(error.to_string())
        })?;
        let file = ConfigFile { path: path.to_owned(), content };
        for (key, value) in &file.content.top {
            file.check_key("at the top", key)?;
            if !value.is_str() {
                return Err(Error::config(format!(
                    "{}: `{key}` at the top must be a string",
                    path.display()
                )));
            }
        }
        for (name, section) in &file.content.env {
            for key in section.keys() {
                file.check_key(&format!("in [env.{name}]"), key)?;
            }
        }
        Ok(file)
    }

    fn check_key(&self, place: &str, key: &str) -> Result<()> {
        if Key::ALL.iter().any(|known| known.name() == key) {
            return Ok(());
        }
        let known: Vec<&str> = Key::ALL.iter().map(|key| key.name()).collect();
        Err(Error::config(format!("{}: unknown key `{key}` {place}", self.path.display()))
            .hint(format!("known keys: {}", known.join(", "))))
    }

    /// The environment that is used when none is named.
    #[must_use]
    pub fn default_env(&self) -> Option<&str> {
        self.content.default_env.as_deref()
    }

    /// Checks that an environment exists.
    ///
    /// # Errors
    /// Names the environments that there are.
    pub fn require_env(&self, name: &str) -> Result<()> {
        if self.content.env.contains_key(name) {
            return Ok(());
        }
        let names: Vec<&str> = self.content.env.keys().map(String::as_str).collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Err(Error::config(format!("{} has no section [env.{name}]", self.path.display()))
            .hint(format!("environments in it: {known}")))
    }

    /// A value with the section it stands in: the environment's own, else the top's.
    #[must_use]
    pub fn get(&self, env: Option<&str>, key: Key) -> Option<(String, String)> {
        let section = env.and_then(|name| {
            let value = self.content.env.get(name)?.get(key.name())?;
            Some((value.clone(), format!("[env.{name}]")))
        });
        section.or_else(|| {
            let value = self.content.top.get(key.name())?.as_str()?;
            Some((value.to_owned(), "top".to_owned()))
        })
    }

    /// A path in this file is meant relative to the file, not to where recoctl runs.
    #[must_use]
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }
}
