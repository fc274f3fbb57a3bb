//! Rows that a schema with keys and types would not have: ids of other kinds, and several rows for
//! one user or article. However long a run is and wherever its facts come from, they mean the same.

use std::sync::{Arc, Mutex};

use reco_core::facts::{Article, Facts};
use reco_core::{Id, Recommendation};
use reco_store::facts::{FactsOptions, FactsSource, Warn, snapshot};

use crate::kit::{
    Kind, TABLES, World, asking, both, failed_snapshot, ids, known, open, pages_of, up_to,
};

both! {
    several_rows_say_together_what_each_says
    a_page_that_ends_between_rows_of_one_id_loses_none
}

/// Columns without a type hold ids of any kind.
const UNTYPED: &str = "
    CREATE TABLE users(id PRIMARY KEY, status TEXT);
    CREATE TABLE articles(id PRIMARY KEY, status TEXT, author_id);
    CREATE TABLE reads(user_id, article_id, PRIMARY KEY (user_id, article_id));
    CREATE TABLE mutes(user_id, author_id, PRIMARY KEY (user_id, author_id));";

const ROWS: &str = "
    INSERT INTO users VALUES (1, 'active'), ('2', 'active'), ('u', 'active');
    INSERT INTO articles VALUES (10, 'published', 5), ('11', 'published', 5), ('a', 'published', 5),
        ('011', 'published', 5), ('9223372036854775808', 'published', 5);
    INSERT INTO reads VALUES (1, 10), ('2', 10), (1, 'a');
    INSERT INTO mutes VALUES ('u', 5);";

/// Lists that make a run a long one.
fn lists(users: &[Id], articles: &[Id]) -> Vec<Recommendation> {
    let list = |user: &Id| Recommendation {
        user: user.clone(),
        articles: articles.to_vec(),
        generated_at: None,
    };
    users.iter().cycle().take(10_000).map(list).collect()
}

/// A source of a long run, and what it warned of.
async fn long(url: &str, memory: u64) -> (FactsSource, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&said);
    let warn = Warn::new(move |text| sink.lock().unwrap().push(text.to_owned()));
    let options = FactsOptions { memory: Some(memory), warn: Some(warn), ..Default::default() };
    (FactsSource::open(url, options).await.unwrap(), said)
}

/// Holds a long run and a snapshot against the lookups of `world`.
async fn assert_same(world: &World, users: &[Id], articles: &[Id]) {
    let source = world.open().await;
    let request = asking(users, articles);
    let (expected_users, expected_articles) = known(&source, &request).await;
    let lists = lists(users, articles);
    let lists: Vec<&Recommendation> = lists.iter().collect();
    let mut urls = vec![world.url.clone()];
    for page_size in [1, 2, 3, 7, 1_000] {
        let out = world.file(&format!("copy-{page_size}.sqlite"));
        snapshot(&source, &pages_of(page_size), &out, &|_, _| {}).await.unwrap();
        let (users, articles) = known(&open(&out).await, &request).await;
        assert_eq!(users, expected_users, "pages of {page_size}");
        assert_eq!(articles, expected_articles, "pages of {page_size}");
        urls.push(out.to_str().unwrap().to_owned());
    }
    for url in urls {
        for memory in [10, 8 << 20] {
            let (facts, said) = long(&url, memory).await;
            let found = facts.for_lists(&lists).await.unwrap();
            assert_eq!(*said.lock().unwrap(), [""; 0], "{url}");
            for id in articles {
                let expected = expected_articles.get(id);
                assert_eq!(
                    found.article(id),
                    expected.map(Article::from),
                    "{url} {memory}: article {id:?}"
                );
            }
            for id in users {
                let active = found.user(id).map(|user| user.active);
                let expected = expected_users.get(id).map(|user| user.active);
                assert_eq!(active, expected, "{url} {memory}: user {id:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_id_counts_only_in_the_form_it_is_asked_in() {
    let world = World::new(Kind::Sqlite, &format!("{UNTYPED}{ROWS}")).await;
    let users = ["1", "2", "u", "x"].map(Id::from);
    let articles = ["10", "11", "a", "011", "9223372036854775808", "12"].map(Id::from);
    let (found, _) = known(&world.open().await, &asking(&users, &articles)).await;
    assert!(!found.contains_key(&Id::from("2")), "a text is not asked for by a number");
    assert_same(&world, &users, &articles).await;
    // In columns of texts, it is.
    let typed = UNTYPED.replace("(id ", "(id TEXT ").replace("(user_id, ", "(user_id TEXT, ");
    let typed = typed.replace("KEY (user_id TEXT, ", "KEY (user_id, ");
    let world = World::new(Kind::Sqlite, &format!("{typed}{ROWS}")).await;
    let (found, _) = known(&world.open().await, &asking(&users, &articles)).await;
    assert!(found.contains_key(&Id::from("2")));
    assert_same(&world, &users, &articles).await;
}

#[tokio::test]
async fn an_id_that_is_no_id_is_refused_by_name() {
    let odd = [("10000.5", "10000.5"), ("x'37'", "x'37'"), ("CAST('7.25' AS REAL)", "7.25")];
    for (cell, shown) in odd {
        for (what, row) in [
            ("users", "INSERT INTO users VALUES ({}, 'active')"),
            ("articles", "INSERT INTO articles VALUES ({}, 'published', 5)"),
            ("reads", "INSERT INTO reads VALUES ({}, 10)"),
            ("reads", "INSERT INTO reads VALUES (1, {})"),
            ("mutes", "INSERT INTO mutes VALUES ({}, 5)"),
            ("mutes", "INSERT INTO mutes VALUES (1, {})"),
        ] {
            let row = row.replace("{}", cell);
            let world = World::new(Kind::Sqlite, &format!("{UNTYPED}{ROWS}{row};")).await;
            let out = world.file("copy.sqlite");
            for size in [1, 2, 1_000] {
                let source = world.open().await;
                let error = failed_snapshot(&source, &pages_of(size), &out).await;
                assert!(error.contains(what) && error.contains(shown), "{row}: {error}");
            }
            assert!(!out.exists());
        }
    }
}

#[tokio::test]
async fn a_number_that_does_not_compare_exactly_is_no_key() {
    let sql = TABLES.replace("articles(id INTEGER", "articles(id FLOAT");
    let row = "INSERT INTO articles VALUES (16777217, 'published', 5), (7, 'published', 5);";
    let world = World::new(Kind::MySql, &format!("{sql}{row}")).await;
    let out = world.file("copy.sqlite");
    let error = failed_snapshot(&world.open().await, &pages_of(100), &out).await;
    assert!(error.contains("articles") && error.contains("id (FLOAT)"), "{error}");
}

#[tokio::test]
async fn a_long_run_goes_on_where_its_articles_cannot_be_read_at_once() {
    let users = [Id::from(1_i64)];
    let articles = [Id::from(10_i64), Id::from("a")];
    let lists = lists(&users, &articles);
    let lists: Vec<&Recommendation> = lists.iter().collect();
    for odd in ["10000.5, 'published', 5", "x'37', 'published', 5", "99, 'x', CAST(x'ff' AS TEXT)"]
    {
        let row = format!("INSERT INTO articles VALUES ({odd});");
        let world = World::new(Kind::Sqlite, &format!("{UNTYPED}{ROWS}{row}")).await;
        let (expected, _) = known(&world.open().await, &asking(&users, &articles)).await;
        let (facts, said) = long(&world.url, 8 << 20).await;
        for _ in 0..3 {
            let found = facts.for_lists(&lists).await.unwrap();
            assert_eq!(found.user(&users[0]), expected.get(&users[0]));
            assert!(found.article(&articles[1]).is_some_and(|article| article.published));
        }
        let said = said.lock().unwrap().clone();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("articles"), "{said:?}");
        // What does not hold one page is not worth a read.
        let (facts, said) = long(&world.url, 1).await;
        facts.for_lists(&lists).await.unwrap();
        assert_eq!(*said.lock().unwrap(), [""; 0]);
    }
}

/// Tables without keys, as a view or a join may be.
fn keyless() -> String {
    TABLES
        .replace(" PRIMARY KEY,", ",")
        .replace(", PRIMARY KEY (user_id, article_id)", "")
        .replace(", PRIMARY KEY (user_id, author_id)", "")
}

const SEVERAL: &str = "
    INSERT INTO users VALUES (1, 'active'), (1, 'gone'), (2, 'gone'), (2, 'active'), (3, 'active'),
        (3, 'active'), (4, 'active'), (4, NULL);
    INSERT INTO articles VALUES (10, 'published', 5), (10, 'draft', 5), (11, 'draft', 5),
        (11, 'published', 5), (12, 'published', 6), (12, 'published', 5), (12, 'published', NULL),
        (13, 'published', 5), (13, 'published', 6), (14, 'published', NULL), (14, NULL, 7);
    INSERT INTO `reads` VALUES (3, 12), (3, 12), (3, 13);
    INSERT INTO mutes VALUES (3, 6), (3, 6);";

async fn several_rows_say_together_what_each_says(kind: Kind) {
    let world = World::new(kind, &format!("{}{SEVERAL}", keyless())).await;
    let (users, articles) = (ids(&[1, 2, 3, 4]), ids(&[10, 11, 12, 13, 14]));
    let (found, of) = known(&world.open().await, &asking(&users, &articles)).await;
    let active: Vec<bool> = users.iter().map(|id| found[id].active).collect();
    assert_eq!(active, [false, false, true, false]);
    let published: Vec<bool> = articles.iter().map(|id| of[id].published).collect();
    assert_eq!(published, [false, false, true, true, false]);
    let authors: Vec<_> = articles.iter().map(|id| of[id].author.clone()).collect();
    assert_eq!(authors, [5, 5, 5, 5, 7].map(|author: i64| Some(Id::from(author))));
    assert_same(&world, &users, &articles).await;
}

/// Rows of one id in two pages: the second must not be skipped.
async fn a_page_that_ends_between_rows_of_one_id_loses_none(kind: Kind) {
    let gone: String = (1..=20)
        .map(|id| format!("INSERT INTO users VALUES ({id}, 'active'), ({id}, 'gone');"))
        .collect();
    let articles: String = (1..=20)
        .map(|id| {
            format!("INSERT INTO articles VALUES ({id}, 'published', 1), ({id}, 'draft', 1);")
        })
        .collect();
    let world = World::new(kind, &format!("{}{gone}{articles}", keyless())).await;
    let twenty = up_to(20);
    let (found, of) = known(&world.open().await, &asking(&twenty, &twenty)).await;
    assert!(found.values().all(|user| !user.active) && of.values().all(|it| !it.published));
    assert_eq!((found.len(), of.len()), (20, 20));
    assert_same(&world, &twenty, &twenty).await;
}
