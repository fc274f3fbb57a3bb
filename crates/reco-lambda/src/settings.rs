//! The function's configuration, from its environment.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use reco_core::facts::FactsError;
use reco_core::policy::{Policy, PolicyError};
use reco_store::client::dynamodb_config;
use reco_store::facts::FactsSource;
use reco_store::table::{SchemaNames, TableError, describe};
use reco_store::writer::{Writer, WriterOptions};

use crate::Pipeline;

/// Time kept back for answering: the response must leave before the function is stopped.
const DEADLINE_MARGIN: Duration = Duration::from_secs(1);

/// What the environment says.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `RECO_TABLE`: the table's name or ARN.
    pub table: String,
    /// `RECO_POLICY`: the policy as TOML or the path of a TOML file; every rule when not set.
    pub policy: Policy,
    /// `RECO_FACTS`: `none` or `sqlite:PATH`.
    pub facts: String,
    /// `RECO_USER_ATTR`, `RECO_LIST_ATTR`, `RECO_GENERATED_AT_ATTR`: attribute names.
    pub names: SchemaNames,
    /// `RECO_DEADLINE_MARGIN_MS`: milliseconds kept back of each invocation's time.
    pub margin: Duration,
}

/// An environment that the function cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable that has no default is missing.
    #[error("environment variable {name} is not set; {hint}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What to put there.
        hint: &'static str,
    },
    /// A number that is none.
    #[error("environment variable {name} is {value:?}; expected whole milliseconds")]
    NotMilliseconds {
        /// The variable.
        name: &'static str,
        /// What stands there.
        value: String,
    },
    /// The policy file cannot be read.
    #[error("policy file {path:?} (from RECO_POLICY) cannot be read: {reason}")]
    PolicyFile {
        /// The path.
        path: String,
        /// Why not.
        reason: std::io::Error,
    },
    /// The policy is not valid.
    #[error("RECO_POLICY: {0}")]
    Policy(#[from] PolicyError),
    /// The facts source cannot be opened.
    #[error("RECO_FACTS: {0}")]
    Facts(#[from] FactsError),
    /// The table cannot be used.
    #[error("RECO_TABLE: {0}")]
    Table(#[from] TableError),
}

impl Settings {
    /// Reads the settings through `variable`, which answers for an environment variable.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable and what is wrong with it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let required = |name, hint| set(name).ok_or(SettingsError::Missing { name, hint });
        let mut names = SchemaNames::default();
        for (name, target) in [
            ("RECO_USER_ATTR", &mut names.user_attr),
            ("RECO_LIST_ATTR", &mut names.list_attr),
            ("RECO_GENERATED_AT_ATTR", &mut names.generated_at_attr),
        ] {
            if let Some(value) = set(name) {
                *target = value;
            }
        }
        Ok(Settings {
            table: required("RECO_TABLE", "name the DynamoDB table")?,
            policy: set("RECO_POLICY")
                .map_or_else(|| Ok(Policy::default()), |text| policy(&text))?,
            facts: required("RECO_FACTS", "name a source, or \"none\" to filter without facts")?,
            names,
            margin: margin(set("RECO_DEADLINE_MARGIN_MS"))?,
        })
    }

    /// Opens what the settings name.
    ///
    /// # Errors
    /// [`SettingsError`] when the facts or the table cannot be used.
    pub async fn open(&self, shared: &SdkConfig) -> Result<Pipeline, SettingsError> {
        let facts = FactsSource::from_url(&self.facts).await?;
        let client = Client::from_conf(dynamodb_config(shared).build());
        let schema = describe(&client, &self.table).await?.schema(&self.names)?;
        let writer = Writer::new(client, &self.table, schema, WriterOptions::default());
        Ok(Pipeline { facts, policy: self.policy.clone(), writer })
    }
}

/// TOML has `=`, `[` or a line break somewhere; a path with any of them is not accepted.
fn policy(text: &str) -> Result<Policy, SettingsError> {
    if text.contains(['=', '[', '\n']) {
        return Ok(Policy::from_toml(text)?);
    }
    let content = std::fs::read_to_string(text)
        .map_err(|reason| SettingsError::PolicyFile { path: text.to_owned(), reason })?;
    Ok(Policy::from_toml(&content)?)
}

fn margin(value: Option<String>) -> Result<Duration, SettingsError> {
    let Some(value) = value else { return Ok(DEADLINE_MARGIN) };
    match value.parse() {
        Ok(milliseconds) => Ok(Duration::from_millis(milliseconds)),
        Err(_) => Err(SettingsError::NotMilliseconds { name: "RECO_DEADLINE_MARGIN_MS", value }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        Settings::read(|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn the_least_that_is_needed() {
        let settings = read(&[("RECO_TABLE", "recs"), ("RECO_FACTS", "none")]).expect("enough");
        assert_eq!((settings.table.as_str(), settings.facts.as_str()), ("recs", "none"));
        assert_eq!(settings.policy, Policy::default());
        assert_eq!(settings.names, SchemaNames::default());
    }

    #[test]
    fn what_is_missing_is_named_and_facts_are_never_left_out_silently() {
        let error = read(&[("RECO_TABLE", "recs"), ("RECO_FACTS", "")]).expect_err("no facts");
        assert!(error.to_string().starts_with("environment variable RECO_FACTS is not set"));
        let error = read(&[("RECO_FACTS", "none")]).expect_err("no table");
        assert!(error.to_string().contains("RECO_TABLE"));
    }

    #[test]
    fn a_policy_is_inline_or_a_file() {
        let base = [("RECO_TABLE", "recs"), ("RECO_FACTS", "none")];
        let with = |policy| read(&[base[0], base[1], ("RECO_POLICY", policy)]);
        let inline = with("[limits]\nmax_len = 5").expect("valid").policy;
        assert_eq!(inline.limits.max_len.get(), Some(5));

        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("policy.toml");
        std::fs::write(&path, "limits.max_len = 5").expect("written");
        let file = with(path.to_str().expect("UTF-8")).expect("valid").policy;
        assert_eq!(file.fingerprint(), inline.fingerprint());

        assert!(matches!(with("no-such-file.toml"), Err(SettingsError::PolicyFile { .. })));
        assert!(matches!(with("rules.typo = true"), Err(SettingsError::Policy(_))));
    }

    #[test]
    fn a_margin_is_milliseconds() {
        let base = [("RECO_TABLE", "recs"), ("RECO_FACTS", "none")];
        let with = |margin| read(&[base[0], base[1], ("RECO_DEADLINE_MARGIN_MS", margin)]);
        assert_eq!(with("250").expect("valid").margin, Duration::from_millis(250));
        assert!(matches!(with("1s"), Err(SettingsError::NotMilliseconds { .. })));
    }
}
