//! Commands that reach the server: RDS Proxy pins a session that prepares statements or sets
//! variables.

use crate::kit::{TABLES, asking, known, up_to};
use crate::mariadb::{database, server};
use reco_core::Id;
use reco_store::facts::{FactsSource, check};

/// Opens a database as a user of its own, all of whose commands the server logs.
async fn logged(prefix: &str, database: &str) -> (String, FactsSource) {
    let user = format!("{prefix}_{database}");
    server().run(&format!(
        "SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON;
        CREATE USER '{user}'@'%'; GRANT SELECT ON {database}.* TO '{user}'@'%';"
    ));
    let url = format!("mysql://{user}@127.0.0.1:{}/{database}?pool-size=1", server().port);
    (user, FactsSource::from_url(&url).await.unwrap())
}

/// Returns the commands that the server received from one user: kind and text.
fn told_by(user: &str) -> Vec<(String, String)> {
    let log = server().run(&format!(
        "SELECT command_type, CONVERT(argument USING utf8mb4) FROM mysql.general_log \
         WHERE user_host LIKE '%{user}%' ORDER BY event_time;"
    ));
    log.lines()
        .map(|line| line.split_once('\t').unwrap_or((line, "")))
        .map(|(kind, text)| (kind.to_owned(), text.to_owned()))
        .collect()
}

/// AWS: RDS Proxy pins a session at any statement whose text is over 16 KB.
#[tokio::test]
async fn no_statement_is_long_enough_to_pin_a_session() {
    let database = database(&format!(
        "{TABLES} INSERT INTO users SELECT seq + 1000000000, 'active' FROM seq_1_to_900;
         INSERT INTO articles SELECT seq + 1000000000, 'published', seq FROM seq_1_to_9000;
         INSERT INTO `reads` SELECT u.seq + 1000000000, u.seq + a.seq * 10 + 1000000000
             FROM seq_1_to_900 u, seq_1_to_300 a;
         INSERT INTO mutes SELECT seq + 1000000000, seq * 9 FROM seq_1_to_900;"
    ));
    let (user, facts) = logged("long", &database).await;
    let numbers = |last: i64| (1..=last).map(|n| Id::from(n + 1_000_000_000)).collect::<Vec<_>>();
    let (users, articles) = known(&facts, &asking(&numbers(900), &numbers(9000))).await;
    assert_eq!((users.len(), articles.len()), (900, 9000));
    assert!(users.values().all(|user| user.read.len() == 300 && user.muted_authors.len() == 1));
    drop(facts);
    let told = told_by(&user);
    let longest = told.iter().map(|(_, text)| text.len()).max();
    assert!(longest <= Some(16_000) && longest > Some(15_000), "{longest:?}");
    assert!(told.len() > 8, "{}", told.len());
}

#[tokio::test]
async fn nothing_is_prepared_and_nothing_is_set() {
    let database = database(&format!(
        "{TABLES} INSERT INTO users VALUES (1, 'active'); \
         INSERT INTO articles VALUES (1, 'published', 2);"
    ));
    let (user, facts) = logged("proxied", &database).await;
    for _ in 0..3 {
        known(&facts, &asking(&up_to(50), &up_to(100))).await;
    }
    check(&facts).await.unwrap();
    drop(facts);

    let told = told_by(&user);
    let lookups = told.iter().filter(|(_, text)| text.contains("'49'")).count();
    assert_eq!(told[0].0, "Connect", "{told:?}");
    // Lookups of users, articles and the reads of the one known user; none of mutes.
    assert!(lookups >= 6, "{told:?}");
    for (kind, text) in &told[1..] {
        assert!(["Query", "Quit"].contains(&kind.as_str()), "{kind}: {text}");
        let first = text.split_whitespace().next().unwrap_or_default();
        assert!(kind == "Quit" || ["SELECT", "EXPLAIN"].contains(&first), "{kind}: {text}");
    }
    // No test of this binary prepares anything.
    let prepared = server().run("SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare';");
    assert_eq!(prepared.trim(), "Com_stmt_prepare\t0");
}
