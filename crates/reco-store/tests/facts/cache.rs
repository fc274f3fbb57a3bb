//! Articles cached between batches.

use std::time::Duration;

use reco_core::Id;
use reco_core::facts::{FactSet, Facts};
use reco_store::facts::{CacheOptions, CacheStats, FactsOptions, FactsSource};

use crate::kit::Kind;
use crate::kit::{TABLES, World, asking, both, ids, known};
use crate::mariadb::server;

both! {
    answers_are_the_same_and_articles_are_asked_once
    what_is_unknown_is_asked_again
}

const ROWS: &str = "
    INSERT INTO users VALUES (1, 'active'), (2, 'active');
    INSERT INTO articles VALUES (10, 'published', 5), (11, 'draft', 6), (12, 'published', 7);
    INSERT INTO `reads` VALUES (1, 10), (2, 12);
    INSERT INTO mutes VALUES (1, 5), (2, 7);";

async fn cached(world: &World, cache: CacheOptions) -> FactsSource {
    let options = FactsOptions { cache: Some(cache), ..FactsOptions::default() };
    FactsSource::open(&world.url, options).await.unwrap()
}

fn stats(hits: u64, misses: u64) -> Option<CacheStats> {
    Some(CacheStats { hits, misses })
}

async fn answers_are_the_same_and_articles_are_asked_once(kind: Kind) {
    let world = World::new(kind, &format!("{TABLES}{ROWS}")).await;
    let (plain, cached) = (world.open().await, cached(&world, CacheOptions::default()).await);
    assert_eq!(cached.kind(), plain.kind());
    let first = asking(&ids(&[1, 2]), &ids(&[10, 11]));
    let second = asking(&ids(&[2, 1]), &ids(&[10, 11, 12]));
    assert_eq!(cached.lookup(&first).await.unwrap(), plain.lookup(&first).await.unwrap());
    assert_eq!(cached.cache_stats(), stats(0, 2));
    // Reads and mutes of cached articles are still looked up.
    assert_eq!(cached.lookup(&second).await.unwrap(), plain.lookup(&second).await.unwrap());
    assert_eq!(cached.cache_stats(), stats(2, 3));
    assert_eq!(cached.lookup(&first).await.unwrap(), plain.lookup(&first).await.unwrap());
    assert_eq!(cached.cache_stats(), stats(4, 3));
}

async fn what_is_unknown_is_asked_again(kind: Kind) {
    let world = World::new(kind, &format!("{TABLES}{ROWS}")).await;
    let cached = cached(&world, CacheOptions::default()).await;
    for _ in 0..2 {
        let (_, articles) = known(&cached, &asking(&[], &ids(&[10, 99]))).await;
        assert_eq!(articles.len(), 1);
    }
    assert_eq!(cached.cache_stats(), stats(1, 3));
}

#[tokio::test]
async fn changes_of_articles_show_after_their_time_and_all_others_at_once() {
    let world = World::new(Kind::MySql, &format!("{TABLES}{ROWS}")).await;
    let lives = Duration::from_millis(1_500);
    let options = CacheOptions { time_to_live: lives, ..CacheOptions::default() };
    let facts = cached(&world, options).await;
    let request = asking(&ids(&[1]), &ids(&[10, 11]));
    known(&facts, &request).await;
    let database = world.url.rsplit('/').next().unwrap();
    server().run(&format!(
        "USE {database}; UPDATE articles SET status = 'draft' WHERE id = 10;
        UPDATE users SET status = 'gone' WHERE id = 1; INSERT INTO `reads` VALUES (1, 11);
        INSERT INTO mutes VALUES (1, 6);"
    ));
    let (users, articles) = known(&facts, &request).await;
    let one = &users[&Id::from(1_i64)];
    assert!(!one.active, "users are never remembered");
    assert_eq!((one.read.len(), one.muted_authors.len()), (2, 2), "nor are reads and mutes");
    assert!(articles[&Id::from(10_i64)].published, "articles are");
    // A lookup must not extend the time to live.
    tokio::time::sleep(lives / 2).await;
    known(&facts, &request).await;
    tokio::time::sleep(lives / 2 + Duration::from_millis(300)).await;
    let (_, articles) = known(&facts, &request).await;
    assert!(!articles[&Id::from(10_i64)].published);
}

#[tokio::test]
async fn no_facts_stay_no_facts() {
    let options = FactsOptions { cache: Some(CacheOptions::default()), ..FactsOptions::default() };
    let none = FactsSource::open("none", options).await.unwrap();
    let answer = none.lookup(&asking(&ids(&[1]), &ids(&[1]))).await.unwrap();
    assert_eq!(answer, FactSet::Unavailable);
}
