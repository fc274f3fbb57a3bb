//! Function start and its error reports.

use reco_core::policy::Policy;
use reco_sandbox::runtime::{Environment, FunctionError};
use serde_json::json;

use crate::expectation::Message;
use crate::kit::{AMPLE, World, event, event_of, returned};

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

/// Whatever listens there: it takes connections and never answers.
pub fn silent() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

/// Lambda stops a start after 10 seconds without a word; it ends before, and says what is missing.
#[tokio::test]
async fn a_table_that_does_not_answer_is_told_before_lambda_gives_up() {
    let (_listener, address) = silent();
    let told = refused("none", &[("AWS_ENDPOINT_URL_DYNAMODB", &address)]).await;
    assert!(told.contains("within 8 s") && told.contains("gateway endpoint"), "{told}");
}

const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:facts-AbCdEf";

/// A secret that cannot be read does not keep it from starting: the batch is returned whole.
#[tokio::test]
async fn a_secret_that_cannot_be_read_returns_batches_until_it_can() {
    let (_listener, address) = silent();
    let variables = [("AWS_ENDPOINT_URL_SECRETS_MANAGER", address.as_str())];
    let world = World::with_facts(SECRET, None, &variables).await;
    let mut environment = world.start().await;
    assert_eq!(world.said("facts database unavailable at init").len(), 1);
    for _ in 0..2 {
        let messages: Vec<Message> = (0..2).map(Message::number).collect();
        let back = returned(&mut environment, event_of(&messages), AMPLE).await.unwrap();
        assert_eq!(back.len(), 2);
    }
    let done = world.said("batch done");
    assert_eq!(done[1]["returned_by_reason"]["no-facts"], 2);
    assert!(done[1]["facts_error"].is_string(), "{}", done[1]);
}

/// At a higher level only what it is about is left out; metrics are no part of it.
#[tokio::test]
async fn the_level_of_the_functions_log_is_obeyed_and_metrics_survive_it() {
    for (level, done, warn) in [("INFO", 1, "WARN"), ("WARN", 0, "WARN"), ("FATAL", 0, "FATAL")] {
        let variables = [("RECO_LOG", ""), ("AWS_LAMBDA_LOG_LEVEL", level)];
        let world = World::with_facts("none", None, &variables).await;
        let mut environment = world.start().await;
        let poison = json!({ "messageId": "m-1", "body": "{" });
        let back = returned(&mut environment, event(&[poison]), AMPLE).await.unwrap();
        assert_eq!(back.len(), 1);
        assert_eq!(world.said("batch done").len(), done, "{level}");
        let returned = world.said("message returned");
        assert_eq!((returned.len(), &returned[0]["level"]), (1, &json!(warn)), "{level}");
        for line in returned {
            assert_eq!(
                (&line["message_id"], &line["reason"]),
                (&json!("m-1"), &json!("malformed"))
            );
        }
        // What a stopped function leaves of its messages: at every level.
        let received = world.said("batch received");
        assert_eq!((received.len(), &received[0]["level"]), (1, &json!(level)));
        assert_eq!(received[0]["messages"][0]["message_id"], "m-1");
        let metrics = world.metrics();
        assert_eq!((metrics.len(), &metrics[0]["level"]), (1, &json!(level)));
        assert!(metrics[0]["timestamp"].as_str().unwrap().ends_with('Z'), "{}", metrics[0]);
    }
}

/// A timeout that what is kept for the answer eats up: every batch is returned, and the log says why.
#[tokio::test]
async fn an_invocation_without_time_for_its_batch_says_so() {
    let world = World::with_facts("none", None, &[("RECO_DEADLINE_MARGIN_MS", "60000")]).await;
    let mut environment = world.start().await;
    let messages: Vec<Message> = (0..2).map(Message::number).collect();
    let back = returned(&mut environment, event_of(&messages), AMPLE).await.unwrap();
    assert_eq!(back.len(), 2);
    let said = world.lines_with("no time for the batch");
    assert_eq!((said.len(), &said[0]["level"]), (1, &json!("ERROR")));
}
