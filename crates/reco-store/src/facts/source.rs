//! The source that configuration names.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use futures::future::BoxFuture;
use reco_core::facts::{FactSet, Facts, FactsError, FactsRequest, FactsStage};

use super::cache::{CacheOptions, CacheStats, CachedFacts};
use super::database::KnownArticles;
use super::knowing::LookupKnowing;
use super::mysql::{Authentication, MySqlFacts, MySqlUrl, Password, iam_password};
use super::sqlite::SqliteFacts;
use super::tables::FactsTables;

/// Where facts come from, chosen by configuration.
#[derive(Debug, Clone)]
pub enum FactsSource {
    /// No facts: rules that need them are skipped.
    None,
    /// An SQLite file.
    Sqlite(SqliteFacts),
    /// A MySQL or MariaDB server.
    MySql(MySqlFacts),
    /// Another source, with its articles remembered between batches.
    Cached(Arc<CachedFacts<FactsSource>>),
}

/// What goes beside the URL.
#[derive(Debug, Clone, Default)]
pub struct FactsOptions {
    /// Tables, columns and statements.
    pub tables: FactsTables,
    /// In place of the URL's password: a secret fetched elsewhere, or a provider.
    pub password: Option<Password>,
    /// Signs IAM tokens (`auth=iam`); the environment's own configuration when not given.
    pub aws: Option<SdkConfig>,
    /// Remember articles between batches.
    pub cache: Option<CacheOptions>,
}

impl FactsSource {
    /// Opens the source that `url` names with the defaults: `none`, `sqlite:PATH`, the path of an
    /// SQLite file, or `mysql://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?OPTIONS]`.
    ///
    /// # Errors
    /// As [`FactsSource::open`].
    pub async fn from_url(url: &str) -> Result<Self, FactsError> {
        Self::open(url, FactsOptions::default()).await
    }

    /// Opens the source that `url` names.
    ///
    /// # Errors
    /// [`FactsError`] when the kind of source is not known or it cannot be opened. The URL itself
    /// is never repeated when it could carry credentials.
    pub async fn open(url: &str, options: FactsOptions) -> Result<Self, FactsError> {
        let cache = options.cache;
        let source = match url {
            "none" => FactsSource::None,
            "" => return Err(unusable("the facts source is empty".to_owned())),
            _ => match url.split_once("://") {
                Some(("mysql" | "mariadb", _)) => FactsSource::MySql(mysql(url, options).await?),
                Some((scheme, _)) if scheme != "sqlite" => {
                    return Err(unusable(format!("no facts source of kind {scheme:?}")));
                }
                _ => {
                    let sql = options.tables.sql();
                    FactsSource::Sqlite(SqliteFacts::open_with(url, sql).await?)
                }
            },
        };
        Ok(match cache {
            Some(cache) => FactsSource::Cached(Arc::new(CachedFacts::new(source, cache))),
            None => source,
        })
    }

    /// The source's kind, as reports name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            FactsSource::None => "none",
            FactsSource::Sqlite(_) => "sqlite",
            FactsSource::MySql(_) => "mysql",
            FactsSource::Cached(cached) => cached.source().kind(),
        }
    }

    /// The source itself, where articles are remembered before it.
    pub(super) fn uncached(&self) -> &FactsSource {
        match self {
            FactsSource::Cached(cached) => cached.source(),
            source => source,
        }
    }

    /// What the article cache has done so far, where there is one.
    #[must_use]
    pub fn cache_stats(&self) -> Option<CacheStats> {
        match self {
            FactsSource::Cached(cached) => Some(cached.stats()),
            _ => None,
        }
    }
}

/// A facts URL as it may be shown: what stands before the `@` of a host is cut from its `:` on.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // The last one: a password may hold an `@` that should have been written %40.
    let Some((account, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    match account.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
        None => url.to_owned(),
    }
}

async fn mysql(url: &str, options: FactsOptions) -> Result<MySqlFacts, FactsError> {
    let (url, from_url) = MySqlUrl::parse(url)?;
    let password = match (options.password, url.authentication) {
        (Some(password), _) => password,
        (None, Authentication::Password) => from_url,
        (None, Authentication::Iam) => {
            let aws = match options.aws {
                Some(aws) => aws,
                None => aws_config::load_defaults(BehaviorVersion::latest()).await,
            };
            let password = iam_password(&url, &aws);
            password.map_err(|error| FactsError {
                stage: FactsStage::Auth,
                reason: error.to_string(),
            })?
        }
    };
    MySqlFacts::connect(&url, password, options.tables.sql()).await
}

fn unusable(reason: String) -> FactsError {
    let reason =
        format!("{reason}; use \"none\", \"sqlite:PATH\" or \"mysql://USER@HOST/DATABASE\"");
    FactsError { stage: FactsStage::Connect, reason }
}

impl Facts for FactsSource {
    async fn lookup(&self, request: &FactsRequest) -> Result<FactSet, FactsError> {
        self.answer(request).await
    }
}

impl LookupKnowing for FactsSource {
    async fn lookup_knowing(
        &self,
        request: &FactsRequest,
        known: KnownArticles,
    ) -> Result<FactSet, FactsError> {
        self.answer_knowing(request, known).await
    }
}

type Answer<'a> = BoxFuture<'a, Result<FactSet, FactsError>>;

// Boxed: behind a cache there is a source of this same type, and the futures of a database driver
// are nested so deep that a caller's own would pass the compiler's limit.
impl FactsSource {
    fn answer<'a>(&'a self, request: &'a FactsRequest) -> Answer<'a> {
        match self {
            FactsSource::Cached(cached) => Box::pin(cached.lookup(request)),
            source => source.answer_knowing(request, KnownArticles::new()),
        }
    }

    fn answer_knowing<'a>(&'a self, request: &'a FactsRequest, known: KnownArticles) -> Answer<'a> {
        match self {
            FactsSource::None => Box::pin(async { Ok(FactSet::Unavailable) }),
            FactsSource::Sqlite(facts) => Box::pin(facts.lookup_knowing(request, known)),
            FactsSource::MySql(facts) => Box::pin(facts.lookup_knowing(request, known)),
            FactsSource::Cached(cached) => cached.source().answer_knowing(request, known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_are_cut_from_what_is_shown() {
        for (url, shown) in [
            ("none", "none"),
            ("sqlite:a@b:c.sqlite", "sqlite:a@b:c.sqlite"),
            ("mysql://ro@db/app", "mysql://ro@db/app"),
            ("mysql://ro:secret@db:3306/app?x=1", "mysql://ro:***@db:3306/app?x=1"),
            ("mysql://ro:se@cret:@db/app", "mysql://ro:***@db/app"),
            ("postgres://ro:secret@db/app", "postgres://ro:***@db/app"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
