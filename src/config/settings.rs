//! Settings of one run, each with its source.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::{ConfigFile, GlobalArgs};
use reco_ops::error::{Error, Result};

macro_rules! keys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $env:literal;)*) => {
        /// Setting that can come from flags, the environment or `recoctl.toml`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($(#[$doc])* $variant,)* }

        impl Key {
            /// All keys, in the order in which `config show` prints them.
            pub const ALL: &'static [Key] = &[$(Key::$variant,)*];

            /// Returns the name in `recoctl.toml` (and, with dashes, of the flag).
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Key::$variant => $name,)* }
            }

            /// Returns the name of the environment variable.
            #[must_use]
            pub fn variable(self) -> &'static str {
                match self { $(Key::$variant => $env,)* }
            }
        }
    };
}

keys! {
    /// AWS profile to use.
    Profile = "profile", "RECOCTL_PROFILE";
    /// AWS region to use.
    Region = "region", "RECOCTL_REGION";
    /// Custom endpoint instead of AWS's own.
    EndpointUrl = "endpoint_url", "RECOCTL_ENDPOINT_URL";
    /// Source queue: name, URL or ARN.
    Queue = "queue", "RECOCTL_QUEUE";
    /// Dead-letter queue: name, URL or ARN.
    Dlq = "dlq", "RECOCTL_DLQ";
    /// DynamoDB table: name or ARN.
    Table = "table", "RECOCTL_TABLE";
    /// Name of the Lambda function.
    Function = "function", "RECOCTL_FUNCTION";
    /// Log group of the function, if it is not `/aws/lambda/FUNCTION`.
    LogGroup = "log_group", "RECOCTL_LOG_GROUP";
    /// Source of the facts.
    Facts = "facts", "RECOCTL_FACTS";
    /// File that names the tables and columns of the facts.
    FactsTables = "facts_tables", "RECOCTL_FACTS_TABLES";
    /// Policy file (TOML).
    Policy = "policy", "RECOCTL_POLICY";
    /// Partition key attribute of the table.
    KeyAttribute = "key", "RECOCTL_KEY";
    /// Attribute that holds the list.
    ListAttribute = "list_attribute", "RECOCTL_LIST_ATTRIBUTE";
    /// Attribute that holds the generation time of a list.
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
            Key::LogGroup
            | Key::FactsTables
            | Key::KeyAttribute
            | Key::ListAttribute
            | Key::GeneratedAtAttribute => None,
        }
    }

    /// Returns the flag that sets it, for hints.
    #[must_use]
    pub fn flag(self) -> String {
        format!("--{}", self.name().replace('_', "-"))
    }
}

/// Source of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingSource {
    /// Flag, by name.
    Flag(String),
    /// Environment variable, by name.
    Environment(&'static str),
    /// File, with the section in it.
    File(PathBuf, String),
    /// Embedded sandbox of this run.
    Sandbox,
    /// Built-in default.
    Default,
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingSource::Flag(flag) => write!(f, "flag {flag}"),
            SettingSource::Environment(variable) => write!(f, "environment {variable}"),
            SettingSource::File(path, section) => write!(f, "{} {section}", path.display()),
            SettingSource::Sandbox => f.write_str("sandbox"),
            SettingSource::Default => f.write_str("default"),
        }
    }
}

impl Serialize for SettingSource {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Value with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Value as text.
    pub value: String,
    /// Source of the value.
    pub source: SettingSource,
}

/// All settings of one run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    values: BTreeMap<Key, Setting>,
    /// Environment (section) in use, with its source.
    pub env: Option<Setting>,
    /// Config file in use.
    pub file: Option<PathBuf>,
}

impl Settings {
    /// Resolves every setting: flags > environment > file > default.
    ///
    /// # Errors
    /// Fails if the file cannot be used, or if the named environment is not in it.
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

    /// Returns a setting, if it is set.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&Setting> {
        self.values.get(&key)
    }

    /// Returns the value of a setting, if it is set.
    #[must_use]
    pub fn value(&self, key: Key) -> Option<&str> {
        self.get(key).map(|setting| setting.value.as_str())
    }

    /// Returns the value of a required setting.
    ///
    /// # Errors
    /// Names the flag, variable and key that would set it.
    pub fn require(&self, key: Key) -> Result<&str> {
        self.value(key).ok_or_else(|| {
            let (name, variable) = (key.name(), key.variable());
            Error::config(format!("no {name} is configured")).hint(format!(
                "pass {}, set {variable}, or write `{name} = \"...\"` in recoctl.toml",
                key.flag()
            ))
        })
    }

    /// Overrides file and environment with the sandbox of this run; flags still take precedence.
    pub fn override_with_sandbox(&mut self, key: Key, value: String) {
        if !matches!(self.get(key), Some(Setting { source: SettingSource::Flag(_), .. })) {
            self.values.insert(key, Setting { value, source: SettingSource::Sandbox });
        }
    }

    /// Clears a setting that would point outside the sandbox.
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
        .map(|value| Setting { value, source: SettingSource::Flag("--env".to_owned()) })
        .or_else(|| {
            let value = env("RECOCTL_ENV")?;
            Some(Setting { value, source: SettingSource::Environment("RECOCTL_ENV") })
        })
        .or_else(|| {
            let file = file?;
            let value = file.default_env()?.to_owned();
            Some(Setting {
                value,
                source: SettingSource::File(file.path.clone(), "default_env".to_owned()),
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
        return Ok(Some(Setting { value, source: SettingSource::Flag(key.flag()) }));
    }
    if let Some(value) = env(key.variable()) {
        return Ok(Some(Setting { value, source: SettingSource::Environment(key.variable()) }));
    }
    if let Some((file, (value, section))) = file.and_then(|f| Some((f, f.get(section, key)?))) {
        match file.permit(key, &value, &section) {
            Ok(()) => {
                let value = relative_to_file(file, key, value);
                let source = SettingSource::File(file.path.clone(), section);
                return Ok(Some(Setting { value, source }));
            }
            // The sandbox of this run overrides all of these.
            Err(_) if flags.in_sandbox() && key != Key::Policy => {}
            Err(refusal) => return Err(refusal),
        }
    }
    let default = key.default_value().map(str::to_owned);
    Ok(default.map(|value| Setting { value, source: SettingSource::Default }))
}

fn relative_to_file(file: &ConfigFile, key: Key, value: String) -> String {
    let resolve = |path: &str| file.resolve(path).to_string_lossy().into_owned();
    match (key, value.strip_prefix("sqlite:")) {
        (Key::Policy | Key::FactsTables, _) => resolve(&value),
        (Key::Facts, Some(path)) => format!("sqlite:{}", resolve(path)),
        _ => value,
    }
}
