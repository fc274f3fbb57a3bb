//! MySQL treats '12abc' and 12 as equal; that must never make a user known.

use reco_core::Id;

use crate::kit::{Kind, asking, ids, known, opened};

fn tables(id: &str) -> String {
    format!(
        "CREATE TABLE users(id {id} PRIMARY KEY, status VARCHAR(20));
        CREATE TABLE articles(id {id} PRIMARY KEY, status VARCHAR(20), author_id {id});
        CREATE TABLE `reads`(user_id {id}, article_id {id}, PRIMARY KEY (user_id, article_id));
        CREATE TABLE mutes(user_id {id}, author_id {id}, PRIMARY KEY (user_id, author_id));"
    )
}

async fn users(id: &str, rows: &str, asked: &[Id]) -> Vec<String> {
    let sql = format!("{} INSERT INTO users VALUES {rows};", tables(id));
    let (_world, facts) = opened(Kind::MySql, &sql).await;
    let (users, _) = known(&facts, &asking(asked, asked)).await;
    let mut found: Vec<String> =
        users.iter().map(|(id, facts)| format!("{id}:{}", facts.active)).collect();
    found.sort();
    found
}

#[tokio::test]
async fn texts_that_begin_like_a_number_are_not_that_number() {
    let asked = ["12abc", "abc", "12.0", "012", "1.2e1", "+12", "12-", "true"].map(Id::from);
    let rows = "(12, 'active'), (0, 'active'), (1, 'active')";
    for kind in ["INT", "BIGINT UNSIGNED", "DECIMAL(20,0)"] {
        assert!(users(kind, rows, &asked).await.is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn numbers_are_not_the_texts_that_begin_like_them() {
    let rows = "('12abc', 'active'), ('012', 'active'), ('12 ', 'active')";
    assert!(users("VARCHAR(20)", rows, &ids(&[12, 0])).await.is_empty());
}

#[tokio::test]
async fn a_collation_that_ignores_case_and_accents_finds_nobody_else() {
    let rows = "('Bob', 'active'), ('e-1', 'active')";
    let asked = ["bob", "BOB", "E-1"].map(Id::from);
    assert!(users("VARCHAR(20)", rows, &asked).await.is_empty());
    let asked = ["Bob", "bob", "e-1"].map(Id::from);
    assert_eq!(users("VARCHAR(20)", rows, &asked).await, ["Bob:true", "e-1:true"]);
}

#[tokio::test]
async fn ids_are_read_from_any_type_that_holds_them_exactly() {
    let rows = "('7', 'active'), ('18', 'suspended')";
    let asked = [Id::from(7_i64), Id::from("18"), Id::from(9_i64)];
    let kinds = [
        "TINYINT",
        "TINYINT UNSIGNED",
        "INT(10) ZEROFILL",
        "BIGINT",
        "BIGINT UNSIGNED",
        "DECIMAL(20,0)",
        "CHAR(10)",
        "VARCHAR(20)",
        "VARCHAR(20) CHARACTER SET latin1",
        "VARCHAR(20) COLLATE utf8mb4_bin",
        "VARBINARY(20)",
    ];
    for kind in kinds {
        assert_eq!(users(kind, rows, &asked).await, ["18:false", "7:true"], "{kind}");
    }
}

#[tokio::test]
async fn unsigned_ids_past_the_signed_range_are_exact() {
    let rows = "(18446744073709551615, 'active'), (18446744073709551613, 'active')";
    let asked = [u64::MAX, u64::MAX - 1].map(Id::from);
    assert_eq!(users("BIGINT UNSIGNED", rows, &asked).await, ["18446744073709551615:true"]);
}

/// Checks the access path that the server chooses, which [`crate::both`] cannot see. Comparing a
/// number with a text column would read the whole table.
#[tokio::test]
async fn an_index_serves_integers_and_texts_on_integer_and_text_columns() {
    for kind in ["INT", "BIGINT UNSIGNED", "VARCHAR(20)"] {
        let sql = format!(
            "{} INSERT INTO users SELECT seq, 'active' FROM seq_1_to_5000; ANALYZE TABLE users;",
            tables(kind)
        );
        let (world, facts) = opened(Kind::MySql, &sql).await;
        let server = crate::mariadb::server();
        let database = world.url.rsplit('/').next().unwrap().to_owned();
        for asked in [[Id::from(7_i64), Id::from(8_i64)], [Id::from("u-1"), Id::from("u-2")]] {
            let before = rows_read(server, &database);
            known(&facts, &asking(&asked, &[])).await;
            let read = rows_read(server, &database) - before;
            assert!(read <= 2, "{kind}: {asked:?} read {read} rows");
        }
    }
}

fn rows_read(server: &crate::mariadb::MariaDb, database: &str) -> u64 {
    server.run("SET GLOBAL userstat = 1;");
    let answer = server.run(&format!(
        "SELECT COALESCE(SUM(ROWS_READ), 0) FROM information_schema.TABLE_STATISTICS \
         WHERE TABLE_SCHEMA = '{database}' AND TABLE_NAME = 'users';"
    ));
    answer.trim().parse().unwrap()
}
