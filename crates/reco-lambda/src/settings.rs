//! Configuration of the function from its environment.

mod error;
mod variables;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use reco_core::item::Schema;
use reco_core::policy::Policy;
use reco_store::client::dynamodb_config;
use reco_store::facts::{CacheOptions, FactsOptions, FactsSource, FactsTables, MySqlOptions};
use reco_store::lists::{self, Adopted};
use reco_store::table::{SchemaNames, TableError, describe};
use reco_store::writer::{Writer, WriterOptions};

use crate::Pipeline;
pub use error::SettingsError;
use variables::Variables;

/// Time reserved for the response, which must leave before the function is stopped.
const DEADLINE_MARGIN: Duration = Duration::from_secs(1);

/// AWS: "Lambda execution environment lifecycle": a function that has not started after 10 seconds is
/// stopped, and nothing says why. This long it may take, so that it says so itself.
const INIT_LIMIT: Duration = Duration::from_secs(8);

/// The share of it that connecting to the facts database may take, which is not needed to start.
const WARM_UP_LIMIT: Duration = Duration::from_secs(5);

/// Environment variables. Variables that are set but empty count as not set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `RECO_TABLE`: table name or ARN.
    pub table: String,
    /// `RECO_POLICY`: the policy as TOML or the path of a TOML file, in the function's package unless
    /// it is absolute; every rule when not set.
    pub policy: Policy,
    /// `RECO_FACTS`: `none`, `sqlite:PATH`, `mysql://USER@HOST/DATABASE?auth=iam`,
    /// `mysql://HOST/DATABASE?secret=ARN`, or the ARN of a secret that also contains host and
    /// database. Options of a MySQL URL: see `facts::mysql::url` of reco-store.
    pub facts: String,
    /// `RECO_FACTS_TABLES`: names of tables and columns, or whole statements, as TOML or the path
    /// of a TOML file; by default the pipeline's own schema.
    pub tables: FactsTables,
    /// `RECO_FACTS_CACHE_ARTICLES`: maximum number of articles cached between batches (100,000; 0
    /// disables the cache). `RECO_FACTS_CACHE_SECONDS`: time to live (60).
    pub cache: Option<CacheOptions>,
    /// `RECO_USER_ATTR`, `RECO_LIST_ATTR`, `RECO_GENERATED_AT_ATTR`: attribute names that the
    /// policy does not set.
    pub names: SchemaNames,
    /// `RECO_DEADLINE_MARGIN_MS`: milliseconds of each invocation reserved for the response
    /// (1,000).
    pub margin: Duration,
}

impl Settings {
    /// Returns the default settings for a table and a source of facts.
    #[must_use]
    pub fn new(table: impl Into<String>, facts: impl Into<String>) -> Self {
        Settings {
            table: table.into(),
            policy: Policy::default(),
            facts: facts.into(),
            tables: FactsTables::default(),
            cache: Some(CacheOptions::default()),
            names: SchemaNames::default(),
            margin: DEADLINE_MARGIN,
        }
    }

    /// Reads the settings through `variable`, which returns the value of an environment variable.
    ///
    /// # Errors
    /// [`SettingsError`] with the variable and its fault, also if `RECO_POLICY_FINGERPRINT` is set
    /// and does not match the policy: the deployer meant another one.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let variables = Variables(variable);
        let table = variables.required("RECO_TABLE", "set it to the DynamoDB table name")?;
        let hint = "set it to a facts source, or \"none\" to filter without facts";
        let mut settings = Settings::new(table, variables.required("RECO_FACTS", hint)?);
        settings.policy = variables.toml("RECO_POLICY", Policy::from_toml)?.unwrap_or_default();
        variables.check_fingerprint("RECO_POLICY_FINGERPRINT", &settings.policy)?;
        if let Some(tables) = variables.toml("RECO_FACTS_TABLES", FactsTables::from_toml)? {
            settings.tables = tables;
        }
        settings.cache =
            variables.cache("RECO_FACTS_CACHE_ARTICLES", "RECO_FACTS_CACHE_SECONDS")?;
        let names = &mut settings.names;
        for (name, target) in [
            ("RECO_USER_ATTR", &mut names.user_attr),
            ("RECO_LIST_ATTR", &mut names.list_attr),
            ("RECO_GENERATED_AT_ATTR", &mut names.generated_at_attr),
        ] {
            if let Some(value) = variables.set(name) {
                *target = value;
            }
        }
        if let Some(margin) = variables.number("RECO_DEADLINE_MARGIN_MS", "milliseconds")? {
            settings.margin = Duration::from_millis(margin);
        }
        Ok(settings)
    }

    /// Opens the facts source and the table, both at once.
    ///
    /// A database that cannot be reached now, or a secret that cannot be read, is only warned of: a
    /// batch that finds it so is returned for retry, and one that comes after it is back is handled.
    /// It takes 8 seconds at most.
    ///
    /// # Errors
    /// [`SettingsError`] if the facts configuration can never work, or the table cannot be used.
    pub async fn open(&self, shared: &SdkConfig) -> Result<Pipeline, SettingsError> {
        let client = Client::from_conf(dynamodb_config(shared).build());
        let (facts, schema) =
            tokio::try_join!(self.open_facts(shared), self.describe_in_time(&client))?;
        let only_newer = self.policy.writes.only_newer;
        let options = WriterOptions { only_newer, ..WriterOptions::default() };
        let writer = Writer::new(client, &self.table, schema, options);
        Ok(Pipeline { facts, policy: self.policy.clone(), writer })
    }

    async fn open_facts(&self, shared: &SdkConfig) -> Result<FactsSource, SettingsError> {
        let options = FactsOptions {
            tables: self.tables.clone(),
            aws: Some(shared.clone()),
            cache: self.cache,
            mysql: MySqlOptions::FUNCTION,
            lazy: true,
            ..FactsOptions::default()
        };
        let facts = FactsSource::open(&self.facts, options).await?;
        match tokio::time::timeout(WARM_UP_LIMIT, facts.warm_up()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "facts database unavailable at init"),
            Err(_) => {
                let error = format!("no connection within {} s", WARM_UP_LIMIT.as_secs());
                tracing::warn!(error, "facts database unavailable at init");
            }
        }
        Ok(facts)
    }

    async fn describe_in_time(&self, client: &Client) -> Result<Schema, SettingsError> {
        let described = tokio::time::timeout(INIT_LIMIT, self.describe_table(client)).await;
        described.unwrap_or_else(|_| {
            let seconds = INIT_LIMIT.as_secs();
            Err(SettingsError::TableSilent { table: self.table.clone(), seconds })
        })
    }

    async fn describe_table(&self, client: &Client) -> Result<Schema, SettingsError> {
        let item = self.names.clone().over(&self.policy.item).map_err(TableError::from)?;
        let mut schema = describe(client, &self.table).await?.schema(&item)?;
        let adopted = lists::adopt(client, &self.table, &schema).await?;
        if let Adopted::Key(list_type, error) = &adopted {
            tracing::warn!(%error, ?list_type, "cannot sample the table's lists: list ids get the type of the key; allow dynamodb:Scan, or set item.list_type in the policy");
        }
        schema.list_type = adopted.list_type(&schema);
        Ok(schema)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let base = [("RECO_TABLE", "recs"), ("RECO_FACTS", "none")];
        let variables: HashMap<_, _> = base.iter().chain(variables).copied().collect();
        Settings::read(|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    fn refused(variables: &[(&str, &str)]) -> String {
        read(variables).expect_err("not usable").to_string()
    }

    #[test]
    fn the_least_that_is_needed() {
        let settings = read(&[]).expect("enough");
        assert_eq!((settings.table.as_str(), settings.facts.as_str()), ("recs", "none"));
        assert_eq!(settings.policy, Policy::default());
        assert_eq!(settings.names, SchemaNames::default());
        assert_eq!(settings.tables, FactsTables::default());
        assert_eq!(settings.cache, Some(CacheOptions::default()));
        assert_eq!(settings.margin, DEADLINE_MARGIN);
    }

    #[test]
    fn what_is_missing_is_named_and_facts_are_never_left_out_silently() {
        let error = refused(&[("RECO_FACTS", "")]);
        assert!(error.starts_with("environment variable RECO_FACTS is not set"), "{error}");
        assert!(refused(&[("RECO_TABLE", "")]).contains("RECO_TABLE"));
    }

    #[test]
    fn a_policy_is_inline_or_a_file() {
        let inline = read(&[("RECO_POLICY", "[limits]\nmax_len = 5")]).expect("valid").policy;
        assert_eq!(inline.limits.max_len.get(), Some(5));

        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("policy.toml");
        std::fs::write(&path, "limits.max_len = 5").expect("written");
        let file = read(&[("RECO_POLICY", path.to_str().expect("UTF-8"))]).expect("valid").policy;
        assert_eq!(file.fingerprint(), inline.fingerprint());

        let root = directory.path().to_str().expect("UTF-8");
        let packaged = [("LAMBDA_TASK_ROOT", root), ("RECO_POLICY", "policy.toml")];
        let packaged = read(&packaged).expect("valid").policy;
        assert_eq!(packaged.fingerprint(), inline.fingerprint());

        let error = refused(&[("RECO_POLICY", "no-such-file.toml")]);
        assert!(error.contains("\"no-such-file.toml\" (from RECO_POLICY)"), "{error}");
        let error = refused(&[("RECO_POLICY", "rules.typo = true")]);
        assert!(error.starts_with("RECO_POLICY: ") && error.contains("column 7"), "{error}");
        assert!(error.contains("unknown field"), "{error}");
    }

    #[test]
    fn a_policy_that_is_not_the_one_that_was_meant_is_refused() {
        let policy = Policy::from_toml("limits.max_len = 5").expect("valid");
        let (meant, other) = (policy.fingerprint(), Policy::default().fingerprint());
        let with = |fingerprint: &str| {
            read(&[("RECO_POLICY", "limits.max_len = 5"), ("RECO_POLICY_FINGERPRINT", fingerprint)])
        };
        assert_eq!(with(&meant).expect("as meant").policy, policy);
        let error = with(&other).expect_err("another policy").to_string();
        assert!(error.contains(&meant) && error.contains(&other), "{error}");
        assert!(error.starts_with("RECO_POLICY_FINGERPRINT"), "{error}");
    }

    #[test]
    fn tables_and_cache_are_configured() {
        let settings = read(&[
            ("RECO_FACTS_TABLES", "users.table = \"members\""),
            ("RECO_FACTS_CACHE_ARTICLES", "5000"),
            ("RECO_FACTS_CACHE_SECONDS", "10"),
        ])
        .expect("valid");
        assert_eq!(settings.tables.users.table, "members");
        let cache = CacheOptions { capacity: 5_000, time_to_live: Duration::from_secs(10) };
        assert_eq!(settings.cache, Some(cache));
        assert_eq!(read(&[("RECO_FACTS_CACHE_ARTICLES", "0")]).expect("valid").cache, None);

        let error = refused(&[("RECO_FACTS_TABLES", "user.table = \"x\"")]);
        assert!(error.starts_with("RECO_FACTS_TABLES: ") && error.contains("user"), "{error}");
        let error = refused(&[("RECO_FACTS_CACHE_ARTICLES", "many")]);
        assert!(error.contains("RECO_FACTS_CACHE_ARTICLES is \"many\""), "{error}");
    }

    #[test]
    fn a_margin_is_milliseconds() {
        let margin = |text| read(&[("RECO_DEADLINE_MARGIN_MS", text)]);
        assert_eq!(margin("250").expect("valid").margin, Duration::from_millis(250));
        let error = margin("1s").expect_err("no number").to_string();
        assert!(error.contains("expected a whole number of milliseconds"), "{error}");
    }
}
