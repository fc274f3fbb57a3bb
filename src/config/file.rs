//! Config file `recoctl.toml`: defaults at the top, environments in `[env.NAME]` sections.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reco_core::toml_fault::TomlFault;
use serde::Deserialize;

use super::Key;
use super::trust::{ConfigOrigin, Trusted, is_harmless, refusal, user_directory};
use reco_ops::error::{Error, Result};
use reco_ops::files::safe_file::read_settings;

/// Config file after parsing.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Path it was read from.
    pub path: PathBuf,
    /// Reason for its use.
    pub origin: ConfigOrigin,
    content: ConfigContent,
}

/// Each section is a table of text values; keys are checked against [`Key`], so that a misspelled
/// one is an error and not a silent default.
#[derive(Debug, Clone, Default, Deserialize)]
struct ConfigContent {
    #[serde(default)]
    default_env: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(flatten)]
    top: BTreeMap<String, toml::Value>,
}

/// Name of the config file in the working directory.
pub const DIRECTORY_FILE: &str = "recoctl.toml";

impl ConfigFile {
    /// Reads a file that the operator has named, which must exist.
    ///
    /// # Errors
    /// Fails if the file cannot be read, is not TOML, has an unknown key, or could have been
    /// written by others.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(path, &read_settings(path, false)?, ConfigOrigin::Named)
    }

    /// Checks a file's text.
    ///
    /// # Errors
    /// Fails if it is not a valid config file.
    pub fn check(text: &str) -> Result<()> {
        let origin = ConfigOrigin::Directory { trusted: false };
        let file = Self::parse(Path::new(DIRECTORY_FILE), text, origin)?;
        let _ = file.needing_trust();
        Ok(())
    }

    /// Reads a file that is to be trusted; also returns its text.
    ///
    /// # Errors
    /// Same as [`ConfigFile::discover`].
    pub fn to_trust(path: &Path) -> Result<(Self, String)> {
        let text = read_settings(path, true)?;
        Ok((Self::parse(path, &text, ConfigOrigin::Directory { trusted: false })?, text))
    }

    /// Finds `./recoctl.toml`, or else the one in the user's XDG config directory.
    ///
    /// # Errors
    /// Same as [`ConfigFile::read`], and fails if the file belongs to another user; a missing file
    /// is fine.
    pub fn discover(env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let user = user_directory(env, "XDG_CONFIG_HOME", ".config")
            .map(|dir| dir.join("recoctl").join(DIRECTORY_FILE));
        let here = Path::new(DIRECTORY_FILE);
        if here.exists() {
            let text = read_settings(here, true)?;
            let is_own = user.as_ref().is_some_and(|own| {
                matches!((own.canonicalize(), here.canonicalize()), (Ok(own), Ok(here)) if own == here)
            });
            let trusted = || Trusted::of(env).is_some_and(|trusted| trusted.has(here, &text));
            let origin = if is_own {
                ConfigOrigin::Own
            } else {
                ConfigOrigin::Directory { trusted: trusted() }
            };
            return Self::parse(here, &text, origin).map(Some);
        }
        let own = user.filter(|path| path.exists());
        own.map(|path| Self::parse(&path, &read_settings(&path, true)?, ConfigOrigin::Own))
            .transpose()
    }

    fn parse(path: &Path, text: &str, origin: ConfigOrigin) -> Result<Self> {
        let content: ConfigContent = toml::from_str(text).map_err(|error| {
            Error::config(format!("{} is not valid", path.display()))
                .cause(TomlFault::of(text, &error).to_string())
        })?;
        let file = ConfigFile { path: path.to_owned(), content, origin };
        for (key, value) in &file.content.top {
            file.check_key("at the top level", key)?;
            if !value.is_str() {
                return Err(Error::config(format!(
                    "{}: `{key}` at the top level must be a string",
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

    /// Returns every value that takes effect only if the file is trusted, with its section.
    #[must_use]
    pub fn needing_trust(&self) -> Vec<(Key, String, String)> {
        let sections = self.content.env.keys().map(|name| Some(name.as_str())).chain([None]);
        let mut needing: Vec<_> = sections
            .flat_map(|section| Key::ALL.iter().map(move |key| (section, *key)))
            .filter_map(|(section, key)| {
                let (value, place) = self.get(section, key)?;
                (!is_harmless(key, &value, self.dir())).then_some((key, value, place))
            })
            .collect();
        needing.sort();
        needing.dedup();
        needing
    }

    /// Checks that a value of this file may take effect.
    ///
    /// # Errors
    /// Refuses with a hint for the operator.
    pub fn permit(&self, key: Key, value: &str, section: &str) -> Result<()> {
        if self.origin.is_trusted() || is_harmless(key, value, self.dir()) {
            return Ok(());
        }
        Err(refusal(&self.path, section, key))
    }

    fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    fn check_key(&self, place: &str, key: &str) -> Result<()> {
        if Key::ALL.iter().any(|known| known.name() == key) {
            return Ok(());
        }
        let known: Vec<&str> = Key::ALL.iter().map(|key| key.name()).collect();
        Err(Error::config(format!("{}: unknown key `{key}` {place}", self.path.display()))
            .hint(format!("known keys: {}", known.join(", "))))
    }

    /// Returns the default environment, used if none is named.
    #[must_use]
    pub fn default_env(&self) -> Option<&str> {
        self.content.default_env.as_deref()
    }

    /// Returns the names of the environments.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        self.content.env.keys().map(String::as_str)
    }

    /// Checks that an environment exists in the file.
    ///
    /// # Errors
    /// Names the existing environments.
    pub fn require_env(&self, name: &str) -> Result<()> {
        if self.content.env.contains_key(name) {
            return Ok(());
        }
        let names: Vec<&str> = self.environments().collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Err(Error::config(format!("{} has no section [env.{name}]", self.path.display()))
            .hint(format!("known environments: {known}")))
    }

    /// Returns a value and its section: the environment's own, or else the top-level one.
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

    /// Resolves a path in this file relative to the file rather than to the working directory.
    #[must_use]
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.dir().join(path)
    }
}
