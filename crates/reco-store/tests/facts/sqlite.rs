//! Tests specific to SQLite files.

use reco_core::facts::{FactSet, Facts, FactsStage};
use reco_store::facts::{FactsOptions, FactsSource, FactsTables};

use crate::kit::{TABLES, asking, failed, ids, sqlite};

#[tokio::test]
async fn failures_name_their_stage() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.sqlite");
    let error = FactsSource::from_url(missing.to_str().unwrap()).await.unwrap_err();
    assert_eq!(error.stage, FactsStage::Connect);
    assert!(error.to_string().contains("missing.sqlite"), "{error}");
    assert!(!missing.exists(), "a missing file is never created");

    let other = directory.path().join("other.txt");
    let text = "this is no database, and long enough to be read as a header of one. ";
    std::fs::write(&other, text.repeat(9)).unwrap();
    let error = FactsSource::from_url(other.to_str().unwrap()).await.unwrap_err();
    assert_eq!(error.stage, FactsStage::Connect);
}

#[tokio::test]
async fn the_file_is_never_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = sqlite(directory.path(), TABLES).await;
    let mut tables = FactsTables::default();
    tables.users.statement = Some("DELETE FROM users WHERE id IN ({users})".to_owned());
    let options = FactsOptions { tables, ..FactsOptions::default() };
    let facts = FactsSource::open(path.to_str().unwrap(), options).await.unwrap();
    let (_, error) = failed(&facts).await;
    assert!(error.contains("readonly"), "{error}");
}

#[tokio::test]
async fn a_value_of_hundreds_of_megabytes_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let view = "CREATE VIEW users AS SELECT 1 AS id, CAST(zeroblob(400000000) AS TEXT) AS status;";
    let tables = TABLES.lines().filter(|line| !line.contains("users(")).collect::<String>();
    let path = sqlite(directory.path(), &(tables + view)).await;
    let facts = FactsSource::from_url(path.to_str().unwrap()).await.unwrap();
    let (stage, error) = failed(&facts).await;
    assert_eq!(stage, FactsStage::Query);
    assert!(error.contains("too big"), "{error}");
}

#[tokio::test]
async fn sources_are_chosen_by_url_and_credentials_stay_out_of_errors() {
    let none = FactsSource::from_url("none").await.unwrap();
    assert_eq!(none.lookup(&asking(&ids(&[1]), &[])).await.unwrap(), FactSet::Unavailable);
    let error = FactsSource::from_url("postgres://admin:hunter2@db/x").await.unwrap_err();
    assert!(error.to_string().contains("postgres"), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");

    let directory = tempfile::tempdir().unwrap();
    let path = sqlite(directory.path(), TABLES).await;
    for url in [format!("sqlite:{}", path.display()), format!("sqlite://{}", path.display())] {
        let source = FactsSource::from_url(&url).await.unwrap();
        assert_eq!(source.kind(), "sqlite");
    }
}
