//! Connections: authentication, failures and reconnects.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use reco_core::Id;
use reco_core::facts::{Facts, FactsStage};
use reco_store::facts::{FactsOptions, FactsSource, FactsTables};

use crate::kit::{TABLES, asking, failed, ids, known};
use crate::mariadb::{database, server};

/// A database with two users and one article, and an account that may read it.
struct Account {
    name: String,
    database: String,
}

impl Account {
    fn new(options: &str) -> Self {
        let database = database(&format!(
            "{TABLES} CREATE TABLE switch(slow INTEGER); INSERT INTO switch VALUES (0);
            INSERT INTO users VALUES (1, 'active'), (2, 'suspended');
            INSERT INTO articles VALUES (10, 'published', 5);"
        ));
        let name = format!("reader_{database}");
        server().run(&format!(
            "CREATE USER '{name}'@'%' IDENTIFIED BY 'hunter2' {options};
            GRANT SELECT ON {database}.* TO '{name}'@'%';"
        ));
        Account { name, database }
    }

    /// Opens a source whose users statement takes `seconds` while the account is slow.
    async fn open(&self, options: &str, seconds: &str) -> FactsSource {
        let statement = format!(
            "users.statement = \"SELECT id, status = 'active' AND \
             IF((SELECT slow FROM switch) = 1, SLEEP({seconds}), 0) = 0 FROM users \
             WHERE id IN ({{users}})\""
        );
        let tables = FactsTables::from_toml(&statement).unwrap();
        let tables = FactsOptions { tables, ..FactsOptions::default() };
        FactsSource::open(&self.url(options), tables).await.unwrap()
    }

    fn make_slow(&self, slow: bool) {
        server().run(&format!("UPDATE {}.switch SET slow = {slow};", self.database));
    }

    fn url(&self, options: &str) -> String {
        let (port, Account { name, database }) = (server().port, self);
        format!("mysql://{name}:hunter2@127.0.0.1:{port}/{database}{options}")
    }

    /// Kills the account's connections and returns their number.
    fn kill(&self) -> usize {
        let ids = server().run(&format!(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{}';",
            self.name
        ));
        for id in ids.lines() {
            server().run(&format!("KILL {id};"));
        }
        ids.lines().count()
    }
}

/// Asserts that no source opens, at which stage and with which words, none of them the password.
async fn assert_refused(url: &str, stage: FactsStage, words: &[&str]) {
    let error = FactsSource::from_url(url).await.unwrap_err();
    let text = error.to_string();
    assert!(!text.contains("hunter2") && !text.contains("wrong-one"), "{text}");
    assert_eq!(error.stage, stage, "{text}");
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
}

/// Asserts that the source answers from [`Account`]'s database.
async fn answers(facts: &FactsSource) {
    let (users, articles) = known(facts, &asking(&ids(&[1, 2, 3]), &ids(&[10, 11]))).await;
    assert_eq!((users.len(), articles.len()), (2, 1));
    assert!(users[&Id::from(1_i64)].active && !users[&Id::from(2_i64)].active);
}

#[tokio::test]
async fn failures_to_connect_name_their_stage_and_never_the_password() {
    let account = Account::new("");
    let wrong = account.url("").replace("hunter2", "wrong-one");
    assert_refused(&wrong, FactsStage::Auth, &["Access denied for user"]).await;
    let missing = account.url("").replace(&format!("/{}", account.database), "/nowhere");
    let missing = missing.replace(&account.name, "root").replace(":hunter2", "");
    assert_refused(&missing, FactsStage::Connect, &["Unknown database 'nowhere'"]).await;
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed = format!("mysql://u:hunter2@127.0.0.1:{closed}/app");
    assert_refused(&closed, FactsStage::Connect, &["refused"]).await;
    let nowhere = "mysql://u:hunter2@no-such-host.invalid/app";
    assert_refused(nowhere, FactsStage::Connect, &[]).await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let begun = Instant::now();
    let url = format!("mysql://u:hunter2@127.0.0.1:{port}/app?connect-timeout-ms=200");
    assert_refused(&url, FactsStage::Timeout, &["no connection within 200 ms"]).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_table_without_a_grant_is_a_matter_of_authentication() {
    let account = Account::new("");
    let Account { name, database } = &account;
    server().run(&format!(
        "REVOKE SELECT ON {database}.* FROM '{name}'@'%';
        GRANT SELECT ON {database}.articles TO '{name}'@'%';"
    ));
    let facts = FactsSource::from_url(&account.url("")).await.unwrap();
    let (stage, text) = failed(&facts).await;
    assert_eq!(stage, FactsStage::Auth, "{text}");
    assert!(text.contains("users: SELECT command denied"), "{text}");
}

#[tokio::test]
async fn killed_connections_are_replaced() {
    let account = Account::new("");
    for options in ["?pool-size=1", "?pool-size=4"] {
        let facts = FactsSource::from_url(&account.url(options)).await.unwrap();
        for _ in 0..3 {
            answers(&facts).await;
            assert!(account.kill() > 0, "there was a connection to lose");
            answers(&facts).await;
        }
        drop(facts);
    }
}

/// The slow statement forces several connections to open, and all are lost at once.
#[tokio::test]
async fn all_connections_may_be_lost_at_once() {
    let account = Account::new("");
    let facts = account.open("", "0.3").await;
    account.make_slow(true);
    let four = || futures::future::join_all([(); 4].map(|()| answers(&facts)));
    four().await;
    account.make_slow(false);
    assert!(account.kill() >= 4, "four connections were open");
    four().await;
}

#[tokio::test]
async fn a_slow_statement_is_given_up_and_leaves_nothing_behind() {
    let account = Account::new("");
    let facts = account.open("?pool-size=1&query-timeout-ms=300", "2").await;
    answers(&facts).await;
    account.make_slow(true);
    let begun = Instant::now();
    let (stage, text) = failed(&facts).await;
    assert_eq!(stage, FactsStage::Timeout, "{text}");
    assert!(text.contains("users: no response to a statement within 300 ms"), "{text}");
    assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
    account.make_slow(false);
    answers(&facts).await;
}

/// Keywords do not reveal a function that writes with its definer's rights. Only the transaction
/// prevents it.
#[tokio::test]
async fn a_statement_that_writes_by_a_function_writes_nothing() {
    let account = Account::new("");
    let Account { name, database } = &account;
    let told = format!("told_{database}");
    server().run(&format!(
        "USE {database};
        DELIMITER //
        CREATE FUNCTION {told}(id BIGINT) RETURNS INTEGER SQL SECURITY DEFINER
            BEGIN INSERT INTO switch VALUES (id); RETURN 1; END//
        DELIMITER ;
        GRANT EXECUTE ON FUNCTION {told} TO '{name}'@'%';
        SELECT {told}(7);"
    ));
    let statement =
        format!("users.statement = \"SELECT id, {told}(id) FROM users WHERE id IN ({{users}})\"");
    let tables = FactsTables::from_toml(&statement).unwrap();
    let options = FactsOptions { tables, ..FactsOptions::default() };
    let facts = FactsSource::open(&account.url("?pool-size=1"), options).await.unwrap();
    for _ in 0..2 {
        let (stage, text) = failed(&facts).await;
        assert_eq!(stage, FactsStage::Query, "{text}");
        assert!(text.contains("READ ONLY"), "{text}");
    }
    let written = server().run(&format!("SELECT slow FROM {database}.switch ORDER BY slow;"));
    assert_eq!(written.trim(), "0\n7", "the function can write, and did for root alone");
}

#[tokio::test]
async fn a_lookup_that_is_dropped_leaves_no_answer_to_the_next() {
    let account = Account::new("");
    let facts = account.open("?pool-size=1", "0.5").await;
    account.make_slow(true);
    let (one, two) = (asking(&ids(&[1]), &[]), asking(&ids(&[2]), &[]));
    let dropped = tokio::time::timeout(Duration::from_millis(100), facts.lookup(&one)).await;
    assert!(dropped.is_err(), "it was too slow");
    account.make_slow(false);
    let (users, _) = known(&facts, &two).await;
    assert_eq!(users.keys().collect::<Vec<_>>(), [&Id::from(2_i64)]);
}

#[tokio::test]
async fn waiting_for_a_busy_pool_ends() {
    let account = Account::new("");
    let facts = account.open("?pool-size=1&wait-timeout-ms=200", "1.5").await;
    account.make_slow(true);
    let request = asking(&ids(&[1]), &[]);
    let (first, second) = tokio::join!(facts.lookup(&request), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        facts.lookup(&request).await
    });
    assert!(first.is_ok());
    let error = second.unwrap_err();
    assert_eq!(error.stage, FactsStage::Timeout, "{error}");
    assert!(error.to_string().contains("all connections (1) were busy for 200 ms"), "{error}");
}

#[tokio::test]
async fn tls_is_verified_as_the_mode_says() {
    let account = Account::new("REQUIRE SSL");
    let ca = server().directory.join("ca.pem");
    let ca = ca.display();
    let by_name = |options: &str| account.url(options).replace("127.0.0.1", "localhost");

    for url in [
        account.url(""),
        account.url("?ssl-mode=required"),
        account.url(&format!("?ssl-mode=verify-ca&ssl-ca={ca}")),
        by_name(&format!("?ssl-mode=verify-full&ssl-ca={ca}")),
    ] {
        answers(&FactsSource::from_url(&url).await.unwrap()).await;
    }

    assert_refused(&account.url("?ssl-mode=disabled"), FactsStage::Auth, &[]).await;
    for url in [
        by_name("?ssl-mode=verify-full"),
        account.url("?ssl-mode=verify-ca"),
        account.url(&format!("?ssl-mode=verify-full&ssl-ca={ca}")),
    ] {
        assert_refused(&url, FactsStage::Connect, &["TLS: ", "certificate", "ssl-ca"]).await;
    }
}
