//! Checks of statements against a schema.

use reco_store::facts::{FactsTables, Finding, Level, check};

use crate::kit::{Kind, TABLES, World, both, text_tables};

both! {
    what_fits_is_said_so
    each_misfit_is_named
    lookups_without_an_index_are_found
}

fn of<'a>(findings: &'a [Finding], facts: &str) -> &'a Finding {
    findings.iter().find(|finding| finding.facts == facts).unwrap()
}

/// Asserts the level of the finding on these facts, and a word of its message.
fn assert_found(findings: &[Finding], facts: &str, level: Level, word: &str) {
    let finding = of(findings, facts);
    assert_eq!(finding.level, level, "{finding:?}");
    assert!(finding.message.contains(word), "{finding:?}");
}

async fn what_fits_is_said_so(kind: Kind) {
    for tables in [TABLES.to_owned(), text_tables()] {
        let world = World::new(kind, &tables).await;
        let findings = check(&world.open().await).await.unwrap();
        let found: Vec<_> = findings.iter().map(|f| (f.facts, f.level)).collect();
        let expected = ["users", "articles", "reads", "mutes"].map(|facts| (facts, Level::Ok));
        assert_eq!(found, expected, "{findings:?}");
        let reads = &of(&findings, "reads").message;
        assert!(reads.contains("user_id") && reads.contains("article_id"), "{reads}");
    }
}

async fn each_misfit_is_named(kind: Kind) {
    let world = World::new(
        kind,
        "CREATE TABLE users(id INTEGER PRIMARY KEY, state VARCHAR(20));
        CREATE TABLE articles(id INTEGER PRIMARY KEY, status VARCHAR(20), author_id DOUBLE);
        CREATE TABLE mutes(user_id INTEGER, author_id INTEGER, PRIMARY KEY (user_id, author_id));",
    )
    .await;
    let findings = check(&world.open().await).await.unwrap();
    assert_found(&findings, "users", Level::Error, "status");
    assert_found(&findings, "articles", Level::Error, "author_id");
    assert_found(&findings, "reads", Level::Error, "reads");
    assert!(of(&findings, "reads").hint.is_some());
    assert_eq!(of(&findings, "mutes").level, Level::Ok);
}

async fn lookups_without_an_index_are_found(kind: Kind) {
    let sql = TABLES.replace(", PRIMARY KEY (user_id, article_id)", "");
    let world = World::new(kind, &sql).await;
    let findings = check(&world.open().await).await.unwrap();
    assert_found(&findings, "reads", Level::Warning, "reads is scanned in full");
    assert_eq!(of(&findings, "mutes").level, Level::Ok);
}

#[tokio::test]
async fn a_column_that_is_no_condition_and_one_too_few() {
    let world = World::new(Kind::MySql, TABLES).await;
    let tables = FactsTables::from_toml(
        "users.active = 'status'
        articles.statement = 'SELECT id, 1 FROM articles WHERE id IN ({articles})'",
    )
    .unwrap();
    let findings = check(&world.open_with(tables).await).await.unwrap();
    let users = of(&findings, "users");
    assert_eq!(users.message, "status (VARCHAR) is not a condition");
    assert_eq!(of(&findings, "articles").message, "the statement returns 2 of 3 columns");
}
