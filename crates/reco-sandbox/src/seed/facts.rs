//! The facts file.

use super::cast::{ARTICLES, Cast, FIRST_ARTICLE, WITHDRAWN_EVERY};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, QueryBuilder, Sqlite, SqliteConnection};
use std::path::Path;

/// Schema and content of the examples; the seed's own rows are added to them.
const EXAMPLES: &str = include_str!("../../../../examples/facts.sql");

/// Authors of the seed's articles. None is a reader, so no list holds a user's own articles.
const AUTHORS: i64 = 40;
const FIRST_AUTHOR: i64 = 90_001;

/// Rows per statement; SQLite binds at most 32,766 values.
const ROWS: usize = 2_000;

/// Writes a new facts file.
pub async fn write(path: &Path, cast: &Cast) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin().await?;
    transaction.execute(EXAMPLES).await?;
    let authors = (FIRST_AUTHOR..FIRST_AUTHOR + AUTHORS).map(|author| (author, true));
    let users: Vec<_> = authors.chain(cast.known_users()).collect();
    insert_users(&mut transaction, &users).await?;
    insert_articles(&mut transaction).await?;
    insert_reads(&mut transaction, cast.reads()).await?;
    transaction.commit().await?;
    connection.close().await
}

async fn insert_users(
    connection: &mut SqliteConnection,
    users: &[(i64, bool)],
) -> Result<(), sqlx::Error> {
    for users in users.chunks(ROWS) {
        QueryBuilder::<Sqlite>::new("INSERT INTO users (id, status) ")
            .push_values(users, |mut row, (user, active)| {
                row.push_bind(user).push_bind(if *active { "active" } else { "suspended" });
            })
            .build()
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn insert_articles(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    QueryBuilder::<Sqlite>::new("INSERT INTO articles (id, status, author_id) ")
        .push_values(0..ARTICLES, |mut row, article| {
            let withdrawn = article % WITHDRAWN_EVERY == 0;
            row.push_bind(FIRST_ARTICLE + article)
                .push_bind(if withdrawn { "withdrawn" } else { "published" })
                .push_bind(FIRST_AUTHOR + article % AUTHORS);
        })
        .build()
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_reads(
    connection: &mut SqliteConnection,
    reads: &[(i64, i64)],
) -> Result<(), sqlx::Error> {
    for reads in reads.chunks(ROWS) {
        QueryBuilder::<Sqlite>::new("INSERT OR IGNORE INTO reads (user_id, article_id) ")
            .push_values(reads, |mut row, (user, article)| {
                row.push_bind(user).push_bind(article);
            })
            .build()
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
