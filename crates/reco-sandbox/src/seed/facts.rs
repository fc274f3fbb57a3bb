//! The facts file.

use super::cast::{ARTICLES, Cast, FIRST_ARTICLE, WITHDRAWN_EVERY};
use serde::Serialize;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};
use std::path::Path;

/// Schema and content of the examples; the seed's own rows are added to them.
const EXAMPLES: &str = include_str!("../../../../examples/facts.sql");

/// Authors of the seed's articles. None is a reader, so no list holds a user's own articles.
const AUTHORS: i64 = 40;
const FIRST_AUTHOR: i64 = 90_001;

/// Writes a new facts file.
pub async fn write(path: &Path, cast: &Cast) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin().await?;
    transaction.execute(EXAMPLES).await?;
    let authors = (FIRST_AUTHOR..FIRST_AUTHOR + AUTHORS).map(|author| (author, true));
    let user = |(user, active)| (user, if active { "active" } else { "suspended" });
    let users: Vec<_> = authors.chain(cast.known_users()).map(user).collect();
    let article = |article| {
        let withdrawn = article % WITHDRAWN_EVERY == 0;
        let status = if withdrawn { "withdrawn" } else { "published" };
        (FIRST_ARTICLE + article, status, FIRST_AUTHOR + article % AUTHORS)
    };
    let articles: Vec<_> = (0..ARTICLES).map(article).collect();
    insert(
        &mut transaction,
        "INSERT INTO users (id, status) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        &users,
    )
    .await?;
    insert(
        &mut transaction,
        "INSERT INTO articles (id, status, author_id)
            SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
        &articles,
    )
    .await?;
    insert(
        &mut transaction,
        "INSERT OR IGNORE INTO reads (user_id, article_id)
            SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        cast.reads(),
    )
    .await?;
    transaction.commit().await?;
    connection.close().await
}

/// Runs a statement on rows, which it gets as a JSON array.
async fn insert<T: Serialize + ?Sized>(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: &T,
) -> Result<(), sqlx::Error> {
    let rows = serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(statement).bind(rows).execute(connection).await?;
    Ok(())
}
