//! Facts of many users and the lists that go with them: load for the pipeline, computed so that it
//! is the same in every run.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use std::path::Path;

/// Number of articles. Ids have 8 digits, so that a list of 100 costs 1 WCU.
const ARTICLES: u64 = 20_000;
const FIRST_ARTICLE: u64 = 10_000_000;
const AUTHORS: u64 = 997;
const FIRST_AUTHOR: u64 = 90_000_000;
const FIRST_USER: u64 = 1;

/// Distance from one article of a list to the next. Coprime to [`ARTICLES`], so that no article
/// repeats.
const STEP: u64 = 173;
/// Distance from one user's list to the next user's.
const SHIFT: u64 = 7_919;
/// One article in this many of a list has been read by the user.
const READ_EVERY: u64 = 7;
/// One article in this many is not published.
const DRAFT_EVERY: u64 = 20;
/// Number of authors that a user mutes.
const MUTES: u64 = 3;

/// Number of users, and of facts about each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// Users, all of them active.
    pub users: u64,
    /// Articles that each user has read (at most 20,000).
    pub reads: u64,
}

impl Population {
    /// Returns the id of a user by its number, from 0.
    #[must_use]
    pub const fn user(number: u64) -> u64 {
        FIRST_USER + number
    }

    /// Returns the article at a rank of a user's list, from 0. No article repeats within 20,000
    /// ranks.
    #[must_use]
    pub const fn article(user: u64, rank: u64) -> u64 {
        FIRST_ARTICLE + (user * SHIFT + rank * STEP) % ARTICLES
    }

    /// Writes the facts file.
    pub(super) async fn write(&self, path: &Path) -> Result<(), sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut connection = options.connect().await?;
        // The file is deleted with the sandbox, so it need not survive a crash.
        connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").await?;
        // No injection: the text is made of constants and numbers only.
        connection.execute(AssertSqlSafe(self.sql())).await?;
        connection.close().await
    }

    fn sql(&self) -> String {
        let Population { users, reads } = *self;
        let reads = reads.min(ARTICLES);
        let numbers = users.max(ARTICLES);
        format!(
            "CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT NOT NULL);
            CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT NOT NULL, author_id INTEGER);
            CREATE TABLE reads(user_id INTEGER, article_id INTEGER,
                PRIMARY KEY (user_id, article_id)) WITHOUT ROWID;
            CREATE TABLE mutes(user_id INTEGER, author_id INTEGER,
                PRIMARY KEY (user_id, author_id)) WITHOUT ROWID;
            CREATE TEMP TABLE n(v INTEGER PRIMARY KEY);
            WITH RECURSIVE c(v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM c WHERE v + 1 < {numbers})
                INSERT INTO n SELECT v FROM c;
            INSERT INTO users SELECT {FIRST_USER} + v, 'active' FROM n WHERE v < {users};
            INSERT INTO articles SELECT {FIRST_ARTICLE} + v,
                CASE WHEN v % {DRAFT_EVERY} = 0 THEN 'draft' ELSE 'published' END,
                {FIRST_AUTHOR} + v % {AUTHORS} FROM n WHERE v < {ARTICLES};
            INSERT OR IGNORE INTO reads SELECT u.id,
                {FIRST_ARTICLE} + (u.id * {SHIFT} + n.v * {READ_EVERY} * {STEP}) % {ARTICLES}
                FROM users u, n WHERE n.v < {reads};
            INSERT OR IGNORE INTO mutes SELECT u.id, {FIRST_AUTHOR} + (u.id + n.v * 13) % {AUTHORS}
                FROM users u, n WHERE n.v < {MUTES};"
        )
    }
}

/// Returns the first `length` articles of a user's list.
pub(crate) fn list(user: u64, length: u64) -> impl Iterator<Item = u64> {
    (0..length).map(move |rank| Population::article(user, rank))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reco_core::Id;
    use reco_core::facts::{FactSet, Facts, FactsRequest};
    use reco_store::facts::FactsSource;

    #[test]
    fn no_list_has_an_article_twice() {
        let distinct: std::collections::HashSet<u64> = list(12_345, ARTICLES).collect();
        assert_eq!(distinct.len() as u64, ARTICLES);
    }

    #[tokio::test]
    async fn most_of_a_list_passes_and_something_of_every_rule_does_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("facts.sqlite");
        let population = Population { users: 50, reads: 20 };
        population.write(&path).await.expect("written");
        let facts = FactsSource::from_url(&path.to_string_lossy()).await.expect("opens");
        let request = FactsRequest {
            users: (1..=51_u64).map(Id::from).collect(),
            articles: (1..=50).flat_map(|user| list(user, 100)).map(Id::from).collect(),
        };
        let FactSet::Known { users, articles } = facts.lookup(&request).await.expect("answered")
        else {
            panic!("SQLite knows")
        };
        assert_eq!((users.len(), articles.len()), (50, request.articles.len()));
        let user = &users[&Id::from(7_u64)];
        let known = |article: &u64| &articles[&Id::from(*article)];
        let read = list(7, 100).filter(|article| user.read.contains(&Id::from(*article))).count();
        let drafts = list(7, 100).filter(|article| !known(article).published).count();
        assert_eq!(read, 15, "every seventh of 100, of the 20 that were read");
        assert!((3..=7).contains(&drafts), "{drafts}");
        assert_eq!(user.muted_authors.len(), 3);
    }
}
