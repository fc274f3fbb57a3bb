//! Measures facts lookups for one message of 50 users with 100 articles each, from SQLite.
//!
//! `cargo run --release -p reco-store --example facts_lookup`

use std::io::Write;
use std::time::{Duration, Instant};

use reco_core::Id;
use reco_core::facts::{FactSet, Facts, FactsRequest};
use reco_store::facts::FactsSource;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

const USERS: i64 = 10_000;
const ARTICLES: i64 = 100_000;
const LOOKUPS: usize = 50;

/// 200 reads and 5 mutes per user, over the ids above.
const DATABASE: &str = "
    CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT NOT NULL);
    CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT NOT NULL, author_id INTEGER);
    CREATE TABLE reads(user_id INTEGER, article_id INTEGER, PRIMARY KEY (user_id, article_id));
    CREATE TABLE mutes(user_id INTEGER, author_id INTEGER, PRIMARY KEY (user_id, author_id));
    CREATE TEMP TABLE n(v INTEGER PRIMARY KEY);
    WITH RECURSIVE c(v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM c WHERE v < 99999)
        INSERT INTO n SELECT v FROM c;
    INSERT INTO users SELECT v, 'active' FROM n WHERE v < 10000;
    INSERT INTO articles SELECT v, 'published', v % 1000 FROM n;
    INSERT OR IGNORE INTO reads SELECT u.v, (u.v * 7919 + a.v * 104729) % 100000
        FROM n u, n a WHERE u.v < 10000 AND a.v < 200;
    INSERT INTO mutes SELECT u.v, (u.v + a.v * 97) % 1000 FROM n u, n a
        WHERE u.v < 10000 AND a.v < 5;";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("facts.sqlite");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await?;
    sqlx::raw_sql(DATABASE).execute(&pool).await?;
    pool.close().await;
    let facts = FactsSource::from_url(&path.to_string_lossy()).await?;
    let mut out = std::io::stdout();
    for (name, spread) in [("all 5,000 articles distinct", 5_000), ("500 popular articles", 500)] {
        let mut times = Vec::with_capacity(LOOKUPS);
        let mut reads = 0;
        for message in 0..LOOKUPS {
            let request = request(message as i64, spread);
            let begun = Instant::now();
            let answer = facts.lookup(&request).await?;
            times.push(begun.elapsed());
            if let FactSet::Known { users, .. } = answer {
                reads += users.values().map(|user| user.read.len()).sum::<usize>();
            }
        }
        times.sort();
        let of = |share: usize| milliseconds(times[(times.len() - 1) * share / 100]);
        writeln!(
            out,
            "{name}: median {:.1} ms, 95 % {:.1} ms, worst {:.1} ms; {reads} reads found",
            of(50),
            of(95),
            of(100)
        )?;
    }
    Ok(())
}

fn request(message: i64, spread: i64) -> FactsRequest {
    let users = (0..50).map(|n| Id::from((message * 997 + n * 131) % USERS)).collect();
    let articles = (0..spread).map(|n| Id::from((message * 7919 + n * 17) % ARTICLES)).collect();
    FactsRequest { users, articles }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
