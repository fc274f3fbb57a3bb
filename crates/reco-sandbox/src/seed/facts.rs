//! The facts file.

use super::cast::{ARTICLES, Cast, FIRST_ARTICLE, WITHDRAWN_EVERY};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};
use std::path::Path;

/// Schema and content of the examples; the seed's own rows are added to them.
const EXAMPLES: &str = include_str!("../../../../examples/facts.sql");

/// Authors of the seed's articles: apart from its readers, so that no list holds own articles.
const AUTHORS: i64 = 40;
const FIRST_AUTHOR: i64 = 90_001;

/// Writes the file anew.
pub async fn write(path: &Path, cast: &Cast) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin().await?;
    transaction.execute(EXAMPLES).await?;
    for author in FIRST_AUTHOR..FIRST_AUTHOR + AUTHORS {
        insert_user(&mut transaction, author, true).await?;
    }
    for (user, active) in cast.known_users() {
        insert_user(&mut transaction, user, active).await?;
    }
    for article in 0..ARTICLES {
        let status = if article % WITHDRAWN_EVERY == 0 { "withdrawn" } else { "published" };
        sqlx::query("INSERT INTO articles (id, status, author_id) VALUES (?, ?, ?)")
            .bind(FIRST_ARTICLE + article)
            .bind(status)
            .bind(FIRST_AUTHOR + article % AUTHORS)
            .execute(&mut *transaction)
            .await?;
    }
    for (user, article) in cast.reads() {
        sqlx::query("INSERT OR IGNORE INTO reads (user_id, article_id) VALUES (?, ?)")
            .bind(user)
            .bind(article)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    connection.close().await
}

async fn insert_user(
    transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
    user: i64,
    active: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO users (id, status) VALUES (?, ?)")
        .bind(user)
        .bind(if active { "active" } else { "suspended" })
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
