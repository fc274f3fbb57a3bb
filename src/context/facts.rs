//! Facts of a run: where they come from, and how old a snapshot of them may be.

use jiff::Timestamp;
use reco_core::human;
use reco_store::facts::{CacheOptions, FactsOptions, FactsSource, FactsTables, Warn, needs_aws};

use super::Context;
use crate::config::Key;
use reco_ops::error::{Error, Result};

/// Bytes of articles that a long run holds, unless a flag says otherwise.
const FACTS_MEMORY: u64 = 256 << 20;

/// Age of a snapshot that a long run judges by, unless a flag says otherwise.
const FACTS_MAX_AGE_S: i64 = 7 * 86_400;

/// Bytes of an article that is remembered, where not all of them fit.
const CACHED_ARTICLE: u64 = 200;

impl Context {
    /// Opens the configured source of facts.
    ///
    /// # Errors
    /// Fails if the source cannot be reached or is of an unknown kind.
    pub async fn facts(&self) -> Result<FactsSource> {
        self.facts_with(FactsOptions::default()).await
    }

    /// The same for a long run, which reads all articles once if they fit so many bytes.
    ///
    /// # Errors
    /// As [`Context::facts`], and when they are a snapshot older than so many seconds.
    pub async fn facts_for_long_run(&self, memory: u64, max_age_s: i64) -> Result<FactsSource> {
        let facts = self.facts_in(memory).await?;
        match older(&facts, max_age_s) {
            None => Ok(facts),
            Some(age) => {
                let (age, most) = (human::duration(age), human::duration(max_age_s));
                Err(Error::refused("refusing to judge by a facts snapshot that is too old")
                    .cause(format!("it was taken {age} ago; at most {most} is allowed"))
                    .hint("take it again with `recoctl facts snapshot`, or pass --facts-max-age"))
            }
        }
    }

    /// The same for the classification of messages: an old snapshot is no reason to look at none of
    /// them, and what is judged by it is judged again by the Lambda. A warning says its age.
    ///
    /// # Errors
    /// As [`Context::facts`].
    pub async fn facts_for_classes(&self) -> Result<FactsSource> {
        let facts = self.facts_in(FACTS_MEMORY).await?;
        if let Some(age) = older(&facts, FACTS_MAX_AGE_S) {
            self.ui.warn(format!(
                "the facts snapshot was taken {} ago, and messages are classified by it; take it \
                 again with `recoctl facts snapshot`, or pass --facts none to classify without facts",
                human::duration(age)
            ));
        }
        Ok(facts)
    }

    async fn facts_in(&self, memory: u64) -> Result<FactsSource> {
        let cache = CacheOptions { capacity: memory / CACHED_ARTICLE, ..CacheOptions::default() };
        let events = self.ui.events();
        let warn = Some(Warn::new(move |text| events.warn(text)));
        let (memory, cache) = (Some(memory), Some(cache));
        self.facts_with(FactsOptions { memory, cache, warn, ..FactsOptions::default() }).await
    }

    async fn facts_with(&self, options: FactsOptions) -> Result<FactsSource> {
        let url = self.settings.value(Key::Facts).unwrap_or("none");
        // Other sources work without an AWS account.
        let aws = if needs_aws(url) { Some(self.sdk().await?.clone()) } else { None };
        let tables = self.facts_tables().await?;
        let options = FactsOptions { tables, aws, ..options };
        self.announce(None);
        self.before_all(async {
            Box::pin(FactsSource::open(url, options)).await.map_err(|error| {
                Error::facts("cannot use the configured facts", &error).hint(
                    "pass --facts sqlite:PATH or --facts mysql://USER@HOST/DATABASE, or --facts none to skip the rules that need facts",
                )
            })
        })
        .await
    }

    /// Returns the tables and columns of the facts: from the configured file, or else the default.
    ///
    /// # Errors
    /// Fails if the file cannot be read or is invalid.
    pub async fn facts_tables(&self) -> Result<FactsTables> {
        let path = self.settings.value(Key::FactsTables).unwrap_or_default();
        let failed = || Error::config(format!("cannot read {path}"));
        let Some(text) = self.read_setting(Key::FactsTables, failed).await? else {
            return Ok(FactsTables::default());
        };
        FactsTables::from_toml(&text)
            .map_err(|error| Error::config(format!("{path} is invalid")).because(&error))
    }
}

/// The age of a snapshot that is older than so many seconds.
fn older(facts: &FactsSource, max_age_s: i64) -> Option<i64> {
    let age = Timestamp::now().as_second().saturating_sub(facts.taken_at()?);
    (age > max_age_s).then_some(age)
}
