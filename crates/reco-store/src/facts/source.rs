//! The source that configuration names.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use futures::future::BoxFuture;
use reco_core::facts::{ArticleIndex, FactSet, Facts, FactsError, FactsRequest, FactsStage};
use reco_core::{Id, Recommendation};

use super::articles::Articles;
use super::ask::{ask, ask_users};
use super::cache::{ArticleCache, CacheOptions, CacheStats};
use super::database::KnownArticles;
use super::mysql::secret::{self, SecretStore, SecretUrl};
use super::mysql::{
    Authentication, MySqlFacts, MySqlOptions, MySqlUrl, PasswordError, iam_password,
    url as mysql_url,
};
use super::sqlite::SqliteFacts;
use super::tables::FactsTables;

/// Where facts come from, chosen by configuration.
#[derive(Debug, Clone)]
pub struct FactsSource {
    pub(super) backend: Backend,
    /// Articles remembered between batches.
    cache: Option<Arc<ArticleCache>>,
    /// All articles, held for a whole run.
    articles: Option<Arc<Articles>>,
}

/// The database behind a [`FactsSource`].
#[derive(Debug, Clone)]
pub(super) enum Backend {
    /// No facts: rules that need them are skipped.
    None,
    /// An SQLite file.
    Sqlite(SqliteFacts),
    /// A MySQL or MariaDB server.
    MySql(MySqlFacts),
}

/// Settings in addition to the URL.
#[derive(Debug, Clone, Default)]
pub struct FactsOptions {
    /// Tables, columns and statements.
    pub tables: FactsTables,
    /// Signs IAM tokens (`auth=iam`) and reads secrets (`secret=ARN`); the environment's own
    /// configuration when not given.
    pub aws: Option<SdkConfig>,
    /// MySQL: the pool and the timeouts, where the URL says nothing else.
    pub mysql: MySqlOptions,
    /// MySQL: do not connect before the first lookup, so that a database that is down now does not
    /// stand in the way of one that is up then. See [`FactsSource::warm_up`].
    pub lazy: bool,
    /// Remember articles between batches.
    pub cache: Option<CacheOptions>,
    /// For long runs: once many lists were judged, all articles are read and held, if they fit so
    /// many bytes. A change made to an article afterwards is not seen.
    pub memory: Option<u64>,
    /// Is told what the operator should know although it is not an error.
    pub warn: Option<Warn>,
}

/// A place for warnings.
#[derive(Clone)]
pub struct Warn(Arc<dyn Fn(&str) + Send + Sync>);

impl Warn {
    /// Calls `sink` with each warning.
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Warn(Arc::new(sink))
    }

    pub(super) fn say(&self, text: &str) {
        (self.0)(text);
    }
}

impl std::fmt::Debug for Warn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Warn")
    }
}

impl FactsSource {
    /// No facts: rules that need them are skipped.
    pub const NONE: FactsSource =
        FactsSource { backend: Backend::None, cache: None, articles: None };

    /// Opens the source that `url` names with the defaults: `none`, `sqlite:PATH`, the path of an
    /// SQLite file, `mysql://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?OPTIONS]`, or the ARN of a
    /// secret that says all this. What a URL with `secret=ARN` leaves out, the secret says.
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
        let (memory, tables, warn) = (options.memory, options.tables.clone(), options.warn.clone());
        let cache = options.cache.map(|options| Arc::new(ArticleCache::new(options)));
        let backend = match url {
            "none" => Backend::None,
            "" => return Err(unusable("the facts source is empty".to_owned())),
            _ if secret::is_arn(url) => Backend::MySql(mysql(&secret::url_of(url), options).await?),
            _ => match url.split_once("://") {
                Some(("mysql" | "mariadb", _)) => Backend::MySql(mysql(url, options).await?),
                Some((scheme, _)) if scheme != "sqlite" => {
                    return Err(unusable(format!("unknown kind of facts source {scheme:?}")));
                }
                _ => Backend::Sqlite(SqliteFacts::open(url, &options.tables).await?),
            },
        };
        let tables = match &backend {
            Backend::Sqlite(facts) => facts.tables().clone(),
            Backend::None | Backend::MySql(_) => tables,
        };
        let articles = memory.map(|bytes| Arc::new(Articles::new(tables, bytes, warn)));
        Ok(FactsSource { backend, cache, articles })
    }

    /// Opens the connections that a batch uses now, so that the first lookup need not; does nothing for
    /// a file.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect, authenticate or timeout. The source stays usable: the next
    /// lookup tries again.
    pub async fn warm_up(&self) -> Result<(), FactsError> {
        match &self.backend {
            Backend::MySql(facts) => facts.warm_up().await,
            Backend::None | Backend::Sqlite(_) => Ok(()),
        }
    }

    /// The source's kind, as reports name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.backend {
            Backend::None => "none",
            Backend::Sqlite(_) => "sqlite",
            Backend::MySql(_) => "mysql",
        }
    }

    /// When the facts were copied, in seconds since the epoch, if they are a snapshot.
    #[must_use]
    pub fn taken_at(&self) -> Option<i64> {
        match &self.backend {
            Backend::Sqlite(facts) => facts.taken_at(),
            Backend::None | Backend::MySql(_) => None,
        }
    }

    /// Returns whether there are no facts to ask for.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self.backend, Backend::None)
    }

    /// Returns the statistics of the article cache so far, if there is one.
    #[must_use]
    pub fn cache_stats(&self) -> Option<CacheStats> {
        self.cache.as_ref().map(|cache| cache.stats())
    }

    /// Asks for the articles that are not remembered, and for all users.
    async fn on_demand(
        &self,
        request: &FactsRequest,
        lists: &[&Recommendation],
    ) -> Result<FactSet, FactsError> {
        let Some(cache) = &self.cache else {
            return self.backend.lookup(request, lists, KnownArticles::default()).await;
        };
        let known = cache.known(request);
        let is_new = |id: &&Id| !known.contains_key(*id);
        let new: Vec<&Id> = request.articles.iter().filter(is_new).collect();
        let answer = self.backend.lookup(request, lists, known).await?;
        cache.remember(&new, &answer);
        Ok(answer)
    }
}

impl Facts for FactsSource {
    async fn lookup(&self, request: &FactsRequest) -> Result<FactSet, FactsError> {
        self.on_demand(request, &[]).await
    }

    async fn for_lists(&self, lists: &[&Recommendation]) -> Result<FactSet, FactsError> {
        // Collecting what to ask for takes a seventh of a redrive's time.
        if self.is_none() {
            return Ok(FactSet::Unavailable);
        }
        if let Some(articles) = &self.articles
            && let Some(articles) = articles.for_lists(&self.backend, lists).await?
        {
            return self.backend.users(lists, articles).await;
        }
        self.on_demand(&FactsRequest::of(lists.iter().copied()), lists).await
    }
}

type Answer<'a> = BoxFuture<'a, Result<FactSet, FactsError>>;

// Boxed: a database driver's futures nest deeper than the compiler follows them from a caller.
impl Backend {
    /// Answers a request, where the facts of some articles are `known` and need not be asked for.
    fn lookup<'a>(
        &'a self,
        request: &'a FactsRequest,
        lists: &'a [&'a Recommendation],
        known: KnownArticles,
    ) -> Answer<'a> {
        match self {
            Backend::None => Box::pin(async { Ok(FactSet::Unavailable) }),
            Backend::Sqlite(facts) => Box::pin(facts.lookup(request, lists, known)),
            Backend::MySql(facts) => Box::pin(ask(facts, request, lists, known)),
        }
    }

    /// Answers for the users of lists, where all articles are at hand.
    fn users<'a>(
        &'a self,
        lists: &'a [&'a Recommendation],
        articles: Arc<ArticleIndex>,
    ) -> Answer<'a> {
        Box::pin(async move {
            let users = match self {
                Backend::None => return Ok(FactSet::Unavailable),
                Backend::Sqlite(facts) => facts.users(lists, &articles).await?,
                Backend::MySql(facts) => ask_users(facts, lists, &articles).await?,
            };
            Ok(FactSet::Indexed { users, articles })
        })
    }
}

/// Returns whether opening this source asks AWS: for an IAM token or for a secret.
#[must_use]
pub fn needs_aws(url: &str) -> bool {
    let mysql = url.starts_with("mysql://") || url.starts_with("mariadb://");
    let named = || mysql_url::parsed(url).is_ok_and(|url| secret::named_by(&url).is_some());
    let iam =
        || MySqlUrl::parse(url).is_ok_and(|(url, _)| url.authentication == Authentication::Iam);
    secret::is_arn(url) || (mysql && (named() || iam()))
}

/// Returns whether a source asks this machine alone, with no credentials of anybody's: no facts, or
/// a database on the loopback interface whose URL names no password, secret, token or file. Files
/// are not judged here: for them it is false.
#[must_use]
pub fn stays_here(url: &str) -> bool {
    if url == "none" {
        return true;
    }
    let Ok(parsed) = mysql_url::parsed(url) else { return false };
    let harmless =
        |name: &str| ["ssl-mode", "pool-size"].contains(&name) || name.ends_with("-timeout-ms");
    matches!(parsed.scheme(), "mysql" | "mariadb")
        && parsed.password().is_none()
        && parsed.query_pairs().all(|(name, _)| harmless(&name))
        && parsed.host_str().is_some_and(mysql_url::is_loopback)
}

/// A setting as it may be shown: without the password of a URL, in whatever form it is written. What
/// stands before the last `@` is cut from its first `:` on, and so is the value of an option that is
/// called a password. Rather too much is cut than too little.
#[must_use]
pub fn without_password(url: &str) -> String {
    const SCHEMES: [&str; 6] = ["mysql", "mariadb", "postgres", "postgresql", "http", "https"];
    if url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let (head, rest) = match (url.split_once("://"), url.split_once(':')) {
        (Some((scheme, _)), _) => url.split_at(scheme.len() + 3),
        // `mysql:user:password@host`, `//user:password@host`, `user:password@host`.
        (None, Some((scheme, _))) if SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) => {
            url.split_at(scheme.len() + 1)
        }
        _ => ("", url),
    };
    // The last one: a password may hold an `@` that should have been written %40.
    let rest = match rest.rsplit_once('@') {
        Some((account, host)) => match account.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let Some((place, options)) = rest.split_once('?') else { return format!("{head}{rest}") };
    let options = options.split('&').map(|option| match option.split_once('=') {
        Some((name, _)) if is_password(name) => format!("{name}=***"),
        _ => option.to_owned(),
    });
    format!("{head}{place}?{}", options.collect::<Vec<_>>().join("&"))
}

fn is_password(option: &str) -> bool {
    let option = option.to_ascii_lowercase();
    ["pass", "pwd", "token"].iter().any(|word| option.contains(word))
}

async fn mysql(url: &str, options: FactsOptions) -> Result<MySqlFacts, FactsError> {
    let FactsOptions { tables, aws, mysql: defaults, lazy, .. } = options;
    let mut url = mysql_url::parsed(url)?;
    let mut from_secret = None;
    if let Some(id) = secret::named_by(&url) {
        mysql_url::check_secret(&url)?;
        let store = SecretStore::new(&aws_config(aws.clone()).await, id);
        if lazy {
            return MySqlFacts::by_secret(SecretUrl::new(url, store, defaults)?, tables.sql());
        }
        let secret = store.read().await.map_err(unproven)?;
        secret.complete(&mut url)?;
        from_secret = Some(store.password(secret));
    }
    let (url, from_url) = MySqlUrl::of(&url, defaults)?;
    let password = match (from_secret, url.authentication) {
        (Some(password), _) => password,
        (None, Authentication::Iam) => {
            iam_password(&url, &aws_config(aws).await).map_err(unproven)?
        }
        (None, Authentication::Password | Authentication::Secret) => from_url,
    };
    let facts = MySqlFacts::new(&url, password, tables.sql())?;
    if !lazy {
        facts.connect().await?;
    }
    Ok(facts)
}

async fn aws_config(given: Option<SdkConfig>) -> SdkConfig {
    match given {
        Some(aws) => aws,
        None => aws_config::load_defaults(BehaviorVersion::latest()).await,
    }
}

fn unproven(error: PasswordError) -> FactsError {
    FactsError { stage: FactsStage::Auth, reason: error.to_string() }
}

fn unusable(reason: String) -> FactsError {
    let reason =
        format!("{reason}; use \"none\", \"sqlite:PATH\" or \"mysql://USER@HOST/DATABASE\"");
    FactsError { stage: FactsStage::Connect, reason }
}

#[cfg(test)]
mod tests {
    use super::{needs_aws, without_password};

    #[test]
    fn only_tokens_and_secrets_need_aws() {
        for url in [
            "arn:aws:secretsmanager:eu-central-1:1:secret:x",
            "mysql://db/app?secret=x",
            "mysql://u@db/app?auth=iam",
        ] {
            assert!(needs_aws(url), "{url}");
        }
        for url in ["none", "sqlite:x?secret=y", "facts.sqlite", "mysql://u:p@db/app"] {
            assert!(!needs_aws(url), "{url}");
        }
    }

    #[test]
    fn passwords_are_cut_from_what_is_shown() {
        for (url, shown) in [
            ("none", "none"),
            ("sqlite:a@b:c.sqlite", "sqlite:a@b:c.sqlite"),
            ("mysql://ro@db/app", "mysql://ro@db/app"),
            ("mysql://ro:secret@db:3306/app?x=1", "mysql://ro:***@db:3306/app?x=1"),
            ("mysql://ro:se@cret:@db/app", "mysql://ro:***@db/app"),
            ("postgres://ro:secret@db/app", "postgres://ro:***@db/app"),
            ("mysql:ro:secret@db/app", "mysql:ro:***@db/app"),
            ("mysql:/ro:secret@db/app", "mysql:/ro:***@db/app"),
            ("MYSQL:ro:secret@db/app", "MYSQL:ro:***@db/app"),
            ("//ro:secret@db/app", "//ro:***@db/app"),
            ("ro:secret@db/app", "ro:***@db/app"),
            ("mysql://:secret@db/app", "mysql://:***@db/app"),
            ("mysql://ro:se/c?r#et@db/app", "mysql://ro:***@db/app"),
            ("mysql://ro@db/app?password=secret&x=1", "mysql://ro@db/app?password=***&x=1"),
            ("mysql://db/app?PWD=secret", "mysql://db/app?PWD=***"),
            ("mysql://db/app?secret=ID", "mysql://db/app?secret=ID"),
            ("https://u:secret@sqs.example/1/q", "https://u:***@sqs.example/1/q"),
            ("eu-west-1", "eu-west-1"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
