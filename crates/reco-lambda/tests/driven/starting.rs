//! Function start and its error reports.

use reco_core::policy::Policy;
use reco_sandbox::runtime::{Environment, FunctionError};

use crate::kit::World;

async fn refused(facts: &str, variables: &[(&str, &str)]) -> String {
    let world = World::with_facts(facts, None, variables).await;
    let Err(error) = Environment::start(&world.binary).await else { panic!("it started") };
    let FunctionError::Init(told) = error else { panic!("{error}") };
    let log = world.said("init failed");
    assert_eq!(log.len(), 1, "said once in the log too");
    assert_eq!(log[0]["error"], told.as_str());
    told
}

#[tokio::test]
async fn what_it_cannot_start_with_is_told_to_lambda_and_to_the_log() {
    assert!(refused("", &[]).await.contains("RECO_FACTS is not set"));
    assert!(refused("none", &[("RECO_TABLE", "elsewhere")]).await.contains("elsewhere"));
    let told = refused("mysql://u:hunter2@db/app?ssl-mod=x", &[]).await;
    assert!(told.starts_with("RECO_FACTS: ") && told.contains("ssl-mod"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    let fingerprint = [("RECO_POLICY_FINGERPRINT", "0123")];
    let told = refused("none", &fingerprint).await;
    assert!(told.contains("RECO_POLICY_FINGERPRINT is 0123"), "{told}");
}

#[tokio::test]
async fn the_start_names_table_facts_and_policy() {
    let fingerprint = Policy::default().fingerprint();
    let variables = [("RECO_POLICY_FINGERPRINT", fingerprint.as_str())];
    let world = World::with_facts("none", None, &variables).await;
    drop(world.start().await);
    let done = world.said("init done");
    assert_eq!(done[0]["policy"], fingerprint.as_str());
    assert_eq!((&done[0]["table"], &done[0]["facts"]), (&"recs".into(), &"none".into()));
}
