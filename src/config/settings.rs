//! The settings of one run, each with its source.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::{ConfigFile, GlobalArgs};
use reco_ops::error::{Error, Result};

macro_rules! keys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $env:literal;)*) => {
        /// A setting that flags, the environment and `recoctl.toml` can give.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($(#[$doc])* $variant,)* }

        impl Key {
            /// Every key, in the order in which `config show` prints them.
            pub const ALL: &'static [Key] = &[$(Key::$variant,)*];

            /// Its name in `recoctl.toml` (and, with dashes, its flag).
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Key::$variant => $name,)* }
            }

            /// Its environment variable.
            #[must_use]
            pub fn variable(self) -> &'static str {
                match self { $(Key::$variant => $env,)* }
            }
        }
    };
}

keys! {
    /// The AWS profile.
    Profile = "profile", "RECOCTL_PROFILE";
    /// The AWS region.
    Region = "region", "RECOCTL_REGION";
    /// The endpoint that stands in for AWS's own.
    EndpointUrl = "endpoint_url", "RECOCTL_ENDPOINT_URL";
    /// The source queue.
    Queue = "queue", "RECOCTL_QUEUE";
    /// The dead-letter queue.
    Dlq = "dlq", "RECOCTL_DLQ";
    /// The table.
    Table = "table", "RECOCTL_TABLE";
    /// The Lambda function.
    Function = "function", "RECOCTL_FUNCTION";
    /// Where facts come from.
    Facts = "facts", "RECOCTL_FACTS";
    /// The file that names the tables and columns of the facts.
    FactsTables = "facts_tables", "RECOCTL_FACTS_TABLES";
    /// The policy file.
    Policy = "policy", "RECOCTL_POLICY";
    /// The table's partition key attribute.
    KeyAttribute = "key", "RECOCTL_KEY";
    /// The attribute that holds the list.
    ListAttribute = "list_attribute", "RECOCTL_LIST_ATTRIBUTE";
    /// The attribute that says when a list was made.
    GeneratedAtAttribute = "generated_at_attribute", "RECOCTL_GENERATED_AT_ATTRIBUTE";
    /// Output format of results.
    Output = "output", "RECOCTL_OUTPUT";
}

impl Key {
    fn default_value(self) -> Option<&'static str> {
        match self {
            Key::Facts => Some("none"),
            Key::KeyAttribute => Some("user_id"),
            Key::ListAttribute => Some("recommended_note_ids"),
            Key::GeneratedAtAttribute => Some("generated_at"),
            Key::Output => Some("table"),
            _ => None,
        }
    }

    fn flag_value(self, flags: &GlobalArgs) -> Option<String> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|p| p.to_string_lossy().into_owned());
        match self {
            Key::Profile => flags.profile.clone(),
            Key::Region => flags.region.clone(),
            Key::EndpointUrl => flags.endpoint_url.clone(),
            Key::Queue => flags.queue.clone(),
            Key::Dlq => flags.dlq.clone(),
            Key::Table => flags.table.clone(),
            Key::Function => flags.function.clone(),
            Key::Facts => flags.facts.clone(),
            Key::Policy => path(&flags.policy),
            Key::Output => flags.output.map(|format| format!("{format:?}").to_lowercase()),
            Key::FactsTables
            | Key::KeyAttribute
            | Key::ListAttribute
            | Key::GeneratedAtAttribute => None,
        }
    }

    /// The flag that gives it, for hints.
    #[must_use]
    pub fn flag(self) -> String {
        format!("--{}", self.name().replace('_', "-"))
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag.
    Flag(String),
    /// An environment variable.
    Environment(&'static str),
    /// A file and the section in it.
    File(PathBuf, String),
    /// The embedded sandbox of this run.
    Sandbox,
    /// Built in.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag(flag) => write!(f, "flag {flag}"),
            Source::Environment(variable) => write!(f, "environment {variable}"),
            Source::File(path, section) => write!(f, "{} {section}", path.display()),
            Source::Sandbox => f.write_str("sandbox"),
            Source::Default => f.write_str("default"),
        }
    }
}

impl Serialize for Source {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A value and its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The value, as text.
    pub value: String,
    /// Where it came from.
    pub source: Source,
}

/// All settings of one run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    values: BTreeMap<Key, Setting>,
    /// The environment (section) in use, with what named it.
    pub env: Option<Setting>,
    /// The file in use.
    pub file: Option<PathBuf>,
}

impl Settings {
    /// Resolves every setting: flags > environment > file > default.
    ///
    /// # Errors
    /// When the file cannot be used, or the named environment is not in it.
    pub fn resolve(flags: &GlobalArgs, env: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let env = &|name: &str| env(name).filter(|value| !value.is_empty());
        let named = flags.config.clone().or_else(|| env("RECOCTL_CONFIG").map(PathBuf::from));
        let file = match &named {
            Some(path) => Some(ConfigFile::read(path)?),
            None => ConfigFile::discover(env)?,
        };
        let section = env_name(flags, env, file.as_ref())?;
        let name = section.as_ref().map(|setting| setting.value.as_str());
        let mut values = BTreeMap::new();
        for key in Key::ALL {
            if let Some(setting) = lookup(*key, flags, env, file.as_ref(), name)? {
                values.insert(*key, setting);
            }
        }
        Ok(Settings { values, env: section, file: file.map(|file| file.path) })
    }

    /// A setting, where it is given.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&Setting> {
        self.values.get(&key)
    }

    /// A setting's value, where it is given.
    #[must_use]
    pub fn value(&self, key: Key) -> Option<&str> {
        self.get(key).map(|setting| setting.value.as_str())
    }

    /// A setting that a command cannot do without.
    ///
    /// # Errors
    /// Names the flag, the variable and the key that would give it.
    pub fn require(&self, key: Key) -> Result<&str> {
        self.value(key).ok_or_else(|| {
            let (name, variable) = (key.name(), key.variable());
            Error::config(format!("no {name} is configured")).hint(format!(
                "pass {}, set {variable}, or write `{name} = \"...\"` in recoctl.toml",
                key.flag()
            ))
        })
    }

    /// Lets the sandbox of this run stand in for what file and environment say; flags still win.
    pub fn override_with_sandbox(&mut self, key: Key, value: String) {
        if !matches!(self.get(key), Some(Setting { source: Source::Flag(_), .. })) {
            self.values.insert(key, Setting { value, source: Source::Sandbox });
        }
    }

    /// Drops what would point away from the sandbox.
    pub fn clear(&mut self, key: Key) {
        self.values.remove(&key);
    }
}

fn env_name(
    flags: &GlobalArgs,
    env: &dyn Fn(&str) -> Option<String>,
    file: Option<&ConfigFile>,
) -> Result<Option<Setting>> {
    let asked = flags
        .env_name
        .clone()
        .map(|value| Setting { value, source: Source::Flag("--env".to_owned()) })
        .or_else(|| {
            let value = env("RECOCTL_ENV")?;
            Some(Setting { value, source: Source::Environment("RECOCTL_ENV") })
        })
        .or_else(|| {
            let file = file?;
            let value = file.default_env()?.to_owned();
            Some(Setting {
                value,
                source: Source::File(file.path.clone(), "default_env".to_owned()),
            })
        });
    if let Some(asked) = &asked {
        let Some(file) = file else {
            return Err(Error::config(format!(
                "environment {:?} is set, but there is no recoctl.toml",
                asked.value
            ))
            .hint("create one, or pass --config FILE"));
        };
        file.require_env(&asked.value)?;
    }
    Ok(asked)
}

fn lookup(
    key: Key,
    flags: &GlobalArgs,
    env: &dyn Fn(&str) -> Option<String>,
    file: Option<&ConfigFile>,
    section: Option<&str>,
) -> Result<Option<Setting>> {
    if let Some(value) = key.flag_value(flags) {
        return Ok(Some(Setting { value, source: Source::Flag(key.flag()) }));
    }
    if let Some(value) = env(key.variable()) {
        return Ok(Some(Setting { value, source: Source::Environment(key.variable()) }));
    }
    if let Some((file, (value, section))) = file.and_then(|f| Some((f, f.get(section, key)?))) {
        match file.permit(key, &value, &section) {
            Ok(()) => {
                let value = relative_to_file(file, key, value);
                let source = Source::File(file.path.clone(), section);
                return Ok(Some(Setting { value, source }));
            }
            // The sandbox of this run stands in for all of these.
            Err(_) if flags.in_sandbox() && key != Key::Policy => {}
            Err(refusal) => return Err(refusal),
        }
    }
    let default = key.default_value().map(str::to_owned);
    Ok(default.map(|value| Setting { value, source: Source::Default }))
}

fn relative_to_file(file: &ConfigFile, key: Key, value: String) -> String {
    let resolve = |path: &str| file.resolve(path).to_string_lossy().into_owned();
    match (key, value.strip_prefix("sqlite:")) {
        (Key::Policy | Key::FactsTables, _) => resolve(&value),
        (Key::Facts, Some(path)) => format!("sqlite:{}", resolve(path)),
        _ => value,
    }
}
