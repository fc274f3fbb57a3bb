//! One lookup for a message of 50 users with 100 articles each, compared with a query per user.
//!
//! The times are printed; in a release build, the best must be below [`LIMIT_MS`]. In a debug
//! build, or for the median on a busy machine, a limit would test the build or the machine instead:
//!
//!     cargo test --release -p reco-store --test facts -- --nocapture speed

use std::time::{Duration, Instant};

use reco_core::Id;
use reco_core::facts::{FactSet, Facts, FactsRequest};
use reco_store::facts::{CacheOptions, FactsOptions, FactsSource};

use crate::kit::{Kind, TABLES, World, asking, known};

const USERS: i64 = 50;
const LIST: i64 = 100;
/// Limit for the fastest batch.
const LIMIT_MS: f64 = 20.0;

/// Creates 20,000 users and articles, with 100 reads per user for 2,000 users. 2 million reads
/// would only slow down the setup, since the index would be as deep.
async fn world() -> World {
    let sql = format!(
        "{TABLES}
        INSERT INTO users SELECT seq, IF(seq % 10 = 0, 'suspended', 'active') FROM seq_1_to_20000;
        INSERT INTO articles SELECT seq, IF(seq % 20 = 0, 'draft', 'published'), seq % 997
            FROM seq_1_to_20000;
        INSERT INTO `reads` SELECT u.seq, (u.seq * 37 + r.seq * 101) % 20000 + 1
            FROM seq_1_to_2000 u, seq_1_to_100 r;
        INSERT INTO mutes SELECT u.seq, (u.seq + m.seq * 13) % 997 FROM seq_1_to_2000 u, seq_1_to_10 m;
        ANALYZE TABLE users, articles, `reads`, mutes;"
    );
    World::new(Kind::MySql, &sql).await
}

/// Returns one user's list. Half of each list comes from the 300 most popular articles, the rest
/// from all of them.
fn list(user: i64) -> Vec<Id> {
    let popular = (0..LIST / 2).map(|rank| (user * 7 + rank * rank) % 300 + 1);
    let other = (0..LIST / 2).map(|rank| (user * 331 + rank * 173) % 20_000 + 1);
    popular.chain(other).map(Id::from).collect()
}

fn message(first: i64) -> FactsRequest {
    let users: Vec<Id> = (first..first + USERS).map(Id::from).collect();
    let articles: Vec<Id> = (first..first + USERS).flat_map(list).collect();
    asking(&users, &articles)
}

/// Runs the same statements for one user after another, like a handler that processes entries one
/// by one.
async fn naive(facts: &FactsSource, first: i64) -> Duration {
    let begun = Instant::now();
    for user in first..first + USERS {
        known(facts, &asking(&[Id::from(user)], &list(user))).await;
    }
    begun.elapsed()
}

/// Best and median time, in milliseconds.
struct Times {
    best: f64,
    median: f64,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        Times { best: milliseconds(times[0]), median: milliseconds(times[times.len() / 2]) }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} ms (median {:.1})", self.best, self.median)
    }
}

#[tokio::test]
async fn a_message_is_answered_whole_with_and_without_the_cache() {
    let world = world().await;
    let plain = world.open().await;
    let options = FactsOptions { cache: Some(CacheOptions::default()), ..FactsOptions::default() };
    let cached = FactsSource::open(&world.url, options).await.unwrap();
    let (mut batch, mut warm, mut single) = (Vec::new(), Vec::new(), Vec::new());
    let mut distinct = 0;
    for round in 0..15 {
        let first = 1 + round * USERS;
        let request = message(first);
        distinct = request.articles.len();
        let begun = Instant::now();
        let answer = plain.lookup(&request).await.unwrap();
        batch.push(begun.elapsed());
        let FactSet::Known { users, articles } = &answer else { panic!("MySQL knows") };
        assert_eq!((users.len(), articles.len()), (50, distinct));
        assert_eq!(cached.lookup(&request).await.unwrap(), answer);
        let begun = Instant::now();
        assert_eq!(cached.lookup(&request).await.unwrap(), answer);
        warm.push(begun.elapsed());
        single.push(naive(&plain, first).await);
    }
    let (batch, warm, single) = (Times::of(batch), Times::of(warm), Times::of(single));
    println!(
        "facts of {USERS} users x {LIST} articles ({distinct} distinct), best of 15: {batch} for \
         all at once, {warm} with articles cached, {single} user by user"
    );
    if !cfg!(debug_assertions) {
        assert!(batch.best < LIMIT_MS, "{batch} for one batch, {LIMIT_MS} ms at most");
        assert!(batch.best < single.best, "{batch} for a batch, {single} user by user");
    }
}
