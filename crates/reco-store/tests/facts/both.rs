//! Tests that must give the same results on every database.

use reco_core::facts::{Facts, FactsRequest, FactsStage, Ids, UserFacts};
use reco_core::{Id, IdMap};
use reco_store::facts::FactsTables;

use crate::kit::{
    Kind, TABLES, World, article, asking, both, failed, ids, known, opened, series, text_tables,
    up_to, user,
};

both! {
    everything_asked_is_answered_and_nothing_else
    string_ids_and_look_alikes
    ids_of_any_script_and_length_have_their_facts
    a_number_that_is_only_like_an_id_is_not_it
    hostile_ids_are_unknown_and_do_nothing
    integer_ids_past_2_to_53_are_exact
    many_ids_go_in_chunks_with_the_same_answer
    an_empty_request_asks_nothing
    a_missing_column_is_named
    names_of_tables_and_columns_are_configured
}

async fn everything_asked_is_answered_and_nothing_else(kind: Kind) {
    let sql = format!(
        "{TABLES}
        INSERT INTO users VALUES (1, 'active'), (2, 'suspended'), (3, NULL), (4, 'active');
        INSERT INTO articles VALUES (10, 'published', 1), (11, 'draft', 9), (12, 'published', NULL),
            (13, NULL, 8), (14, 'published', 7);
        INSERT INTO `reads` VALUES (1, 10), (1, 14), (2, 11), (4, 10);
        INSERT INTO mutes VALUES (1, 9), (1, 7), (4, 9);"
    );
    let (_world, facts) = opened(kind, &sql).await;
    let request = asking(&ids(&[1, 2, 3, 99]), &ids(&[10, 11, 12, 13, 98]));
    let (users, articles) = known(&facts, &request).await;
    // Author 7 is muted, too, but wrote none of the requested articles; article 14 was not
    // requested.
    assert_eq!(users[&Id::from(1_i64)], user(true, &[9], &[10]));
    assert_eq!(users[&Id::from(2_i64)], user(false, &[], &[11]));
    assert_eq!(users[&Id::from(3_i64)], user(false, &[], &[]));
    assert_eq!(users.len(), 3);
    assert_eq!(articles[&Id::from(10_i64)], article(true, Some(1)));
    assert_eq!(articles[&Id::from(11_i64)], article(false, Some(9)));
    assert_eq!(articles[&Id::from(12_i64)], article(true, None));
    assert_eq!(articles[&Id::from(13_i64)], article(false, Some(8)));
    assert_eq!(articles.len(), 4);
}

/// The ids of the users that were found, as texts.
fn sorted(users: &IdMap<UserFacts>) -> Vec<String> {
    let mut found: Vec<String> = users.keys().map(ToString::to_string).collect();
    found.sort();
    found
}

async fn string_ids_and_look_alikes(kind: Kind) {
    let sql = format!(
        "{}
        INSERT INTO users VALUES ('u-1', 'active'), ('7', 'active'), ('x''y', 'active'),
            ('18446744073709551615', 'active');
        INSERT INTO articles VALUES ('a:1', 'published', 'u-1');
        INSERT INTO `reads` VALUES ('u-1', 'a:1');",
        text_tables()
    );
    let (_world, facts) = opened(kind, &sql).await;
    let asked = [
        Id::from("u-1"),
        Id::from(7_i64),
        Id::from("07"),
        Id::from("U-1"),
        Id::from("x'y"),
        Id::from("' OR 1=1 --"),
        Id::from(u64::MAX),
    ];
    let (users, _) = known(&facts, &asking(&asked, &[Id::from("a:1")])).await;
    assert_eq!(sorted(&users), ["18446744073709551615", "7", "u-1", "x'y"]);
    assert!(users[&Id::from("u-1")].read.contains(&Id::from("a:1")));
}

async fn ids_of_any_script_and_length_have_their_facts(kind: Kind) {
    let long = "x".repeat(255);
    let ids =
        ["Jos\u{e9}", "Ann Lee", "\u{7528}\u{6237}", "\u{43e}\u{43b}\u{44f}", "a'b\\\"c", &long];
    let sql = |values: &dyn Fn(&str) -> String| {
        let quoted = |id: &str| id.replace('\'', "''").replace('\\', kind.backslash());
        ids.iter().map(|id| values(&quoted(id))).collect::<Vec<_>>().join(", ")
    };
    let sql = format!(
        "{}
        INSERT INTO users VALUES {};
        INSERT INTO articles VALUES ('a', 'published', 'Jos\u{e9}');
        INSERT INTO mutes VALUES {};",
        text_tables().replace("VARCHAR(64)", "VARCHAR(300)"),
        sql(&|id| format!("('{id}', 'active')")),
        sql(&|id| format!("('{id}', 'Jos\u{e9}')")),
    );
    let (_world, facts) = opened(kind, &sql).await;
    let asked = ids.map(Id::from);
    let (users, _) = known(&facts, &asking(&asked, &[Id::from("a")])).await;
    assert_eq!(users.len(), ids.len(), "{users:?}");
    for user in &asked {
        assert!(users[user].muted_authors.contains(&Id::from("Jos\u{e9}")), "{user}");
    }
    let (users, _) = known(&facts, &asking(&[Id::from("Jose"), Id::from("ann lee")], &[])).await;
    assert!(users.is_empty(), "others are not they: {users:?}");
}

async fn a_number_that_is_only_like_an_id_is_not_it(kind: Kind) {
    let sql = format!("{TABLES} INSERT INTO users VALUES (7, 'active'), (0, 'active');");
    let (_world, facts) = opened(kind, &sql).await;
    let asked = ["07", "7.0", "+7", "7e0", "0x7", "7-x", "abc", "-0"].map(Id::from);
    let (users, _) = known(&facts, &asking(&asked, &[])).await;
    assert!(users.is_empty(), "{users:?}");
}

async fn hostile_ids_are_unknown_and_do_nothing(kind: Kind) {
    let sql = format!("{} INSERT INTO users VALUES ('u-1', 'active');", text_tables());
    let (_world, facts) = opened(kind, &sql).await;
    let hostile = [
        "' OR '1'='1",
        "u-1' -- ",
        "u-1'/*",
        "u-1'#",
        "'; DROP TABLE users; -- ",
        "\\' OR 1=1 -- ",
        "\u{bf}' OR 1=1 -- ",
        "\u{bf5c}' OR 1=1 -- ",
        "u-1\0",
        "\0' OR 1=1",
        "\u{2019} OR 1=1",
        "{users}",
        "u-1') UNION SELECT 'u-1', 1 -- ",
        "`users`",
        "%",
        "u_1",
    ]
    .map(Id::from);
    let (users, articles) = known(&facts, &asking(&hostile, &hostile)).await;
    assert!(users.is_empty() && articles.is_empty(), "{users:?} {articles:?}");
    let (users, _) = known(&facts, &asking(&[Id::from("u-1")], &[])).await;
    assert_eq!(users.len(), 1, "the table is as it was");
}

async fn integer_ids_past_2_to_53_are_exact(kind: Kind) {
    let sql = format!(
        "{} INSERT INTO users VALUES (9007199254740993, 'active'), (9223372036854775807, 'active');",
        TABLES.replace("INTEGER", "BIGINT")
    );
    let (_world, facts) = opened(kind, &sql).await;
    let near = [9_007_199_254_740_992_i64, 9_007_199_254_740_993, 9_007_199_254_740_994, i64::MAX];
    let (users, _) = known(&facts, &asking(&ids(&near), &[])).await;
    assert_eq!(sorted(&users), ["9007199254740993", "9223372036854775807"]);
}

async fn many_ids_go_in_chunks_with_the_same_answer(kind: Kind) {
    let (forty, many) = (series(40), series(300));
    let world = World::new(
        kind,
        &format!(
            "{TABLES}
            INSERT INTO users SELECT s.value, 'active' FROM {forty} s;
            INSERT INTO articles SELECT s.value, 'published', s.value % 5 FROM {many} s;
            INSERT INTO `reads` SELECT u.value, a.value FROM {forty} u, {many} a
                WHERE a.value % u.value = 0;
            INSERT INTO mutes SELECT s.value, s.value % 5 FROM {forty} s;"
        ),
    )
    .await;
    let request = asking(&up_to(50), &up_to(320));
    let whole = world.open().await.lookup(&request).await.unwrap();
    let tables = FactsTables { ids_per_statement: 7, ..FactsTables::default() };
    let pieces = world.open_with(tables).await.lookup(&request).await.unwrap();
    assert_eq!(whole, pieces);
    let (users, articles) = known(&world.open().await, &request).await;
    assert_eq!((users.len(), articles.len()), (40, 300));
    assert_eq!(users[&Id::from(7_i64)].read.len(), 300 / 7);
    assert_eq!(users[&Id::from(7_i64)].muted_authors, Ids::from_iter([Id::from(2_i64)]));
}

async fn an_empty_request_asks_nothing(kind: Kind) {
    let (_world, facts) = opened(kind, "CREATE TABLE unrelated(x INTEGER);").await;
    let (users, articles) = known(&facts, &FactsRequest::default()).await;
    assert!(users.is_empty() && articles.is_empty());
}

async fn a_missing_column_is_named(kind: Kind) {
    let (_world, facts) = opened(kind, "CREATE TABLE users(id INTEGER);").await;
    let (stage, error) = failed(&facts).await;
    assert_eq!(stage, FactsStage::Query);
    assert!(error.contains("users: ") && error.contains("status"), "{error}");
}

async fn names_of_tables_and_columns_are_configured(kind: Kind) {
    let world = World::new(
        kind,
        "CREATE TABLE accounts(no INTEGER PRIMARY KEY, locked INTEGER);
        CREATE TABLE notes(note_id INTEGER PRIMARY KEY, live INTEGER, writer INTEGER);
        CREATE TABLE seen(who INTEGER, what INTEGER);
        CREATE TABLE blocks(who INTEGER, whom INTEGER);
        INSERT INTO accounts VALUES (1, 0), (2, 1);
        INSERT INTO notes VALUES (10, 1, 5), (11, 0, 6);
        INSERT INTO seen VALUES (1, 11);
        INSERT INTO blocks VALUES (1, 5);",
    )
    .await;
    let tables = FactsTables::from_toml(
        r#"
        users = { table = "accounts", id = "no", active = "locked = 0" }
        articles = { table = "notes n", id = "n.note_id", published = "n.live", author = "writer" }
        reads = { table = "seen", user = "who", article = "what" }
        mutes.statement = "SELECT who, whom FROM blocks WHERE who IN ({users}) AND whom IN ({authors})"
        "#,
    )
    .unwrap();
    let facts = world.open_with(tables).await;
    let (users, articles) = known(&facts, &asking(&ids(&[1, 2]), &ids(&[10, 11]))).await;
    assert_eq!(users[&Id::from(1_i64)], user(true, &[5], &[11]));
    assert_eq!(users[&Id::from(2_i64)], user(false, &[], &[]));
    assert_eq!(articles[&Id::from(10_i64)], article(true, Some(5)));
    assert_eq!(articles[&Id::from(11_i64)], article(false, Some(6)));
}
