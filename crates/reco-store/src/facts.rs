//! Facts about users and articles from a database.
//!
//! Statements are plain text over validated ids, never prepared: RDS Proxy pins a session that
//! prepares statements (AWS: "Avoiding pinning an RDS Proxy"), and the same statements serve every
//! database behind [`FactsSource`].

mod ids;
mod sql;
mod sqlite;

use reco_core::facts::{FactSet, Facts, FactsError, FactsRequest, FactsStage};

pub use sql::FactsSql;
pub use sqlite::SqliteFacts;

/// Where facts come from, chosen by configuration.
#[derive(Debug, Clone)]
pub enum FactsSource {
    /// No facts: rules that need them are skipped.
    None,
    /// An SQLite file.
    Sqlite(SqliteFacts),
}

impl FactsSource {
    /// Opens the source that `url` names: `none`, `sqlite:PATH`, or the path of an SQLite file.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect when the kind of source is not known or the file cannot be
    /// opened. The URL itself is never repeated when it could carry credentials.
    pub async fn from_url(url: &str) -> Result<Self, FactsError> {
        match url {
            "none" => Ok(FactsSource::None),
            "" => Err(unusable("the facts source is empty".to_owned())),
            _ => match url.split_once("://") {
                Some((scheme, _)) if scheme != "sqlite" => {
                    Err(unusable(format!("no facts source of kind {scheme:?}")))
                }
                _ => SqliteFacts::open(url).await.map(FactsSource::Sqlite),
            },
        }
    }

    /// The source's kind, as reports name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            FactsSource::None => "none",
            FactsSource::Sqlite(_) => "sqlite",
        }
    }
}

fn unusable(reason: String) -> FactsError {
    let reason = format!("{reason}; use \"none\" or \"sqlite:PATH\"");
    FactsError { stage: FactsStage::Connect, reason }
}

impl Facts for FactsSource {
    async fn lookup(&self, request: &FactsRequest) -> Result<FactSet, FactsError> {
        match self {
            FactsSource::None => Ok(FactSet::Unavailable),
            FactsSource::Sqlite(facts) => facts.lookup(request).await,
        }
    }
}
