//! Batches under normal conditions, with and without poison messages.

use std::collections::BTreeSet;

use reco_sandbox::runtime::FunctionError;
use serde_json::{Value, json};

use crate::emf;
use crate::expectation::{Lists, Message, last, record};
use crate::kit::{AMPLE, World, event, event_of, returned};

#[tokio::test]
async fn a_cold_start_and_a_warm_loop_of_ten_messages_of_fifty_users() {
    let world = World::new(None, &[]).await;
    let mut environment = world.start().await;
    let mut expected = Lists::new();
    for batch in 0..5 {
        let messages: Vec<Message> = (batch * 10..batch * 10 + 10).map(Message::number).collect();
        let back = returned(&mut environment, event_of(&messages), AMPLE).await.unwrap();
        assert_eq!(back, BTreeSet::new());
        expected.extend(last(&messages));
        assert_eq!(world.held().await, expected, "after batch {batch}");
    }
    assert!(expected.len() > 1_500, "{} users", expected.len());

    let done = world.said("batch done");
    let lines = world.metrics();
    assert_eq!((done.len(), lines.len()), (5, 5));
    for (batch, (done, line)) in done.iter().zip(&lines).enumerate() {
        let metrics = emf::valid(line);
        assert_eq!(metrics["EntriesIn"].0, 500.0);
        assert_eq!(metrics["ColdStart"].0, if batch == 0 { 1.0 } else { 0.0 });
        assert_eq!(metrics["EntriesWritten"].0, done["written"].as_f64().unwrap());
        assert_eq!(metrics["ConsumedWriteCapacityUnits"].0, done["wcu"].as_f64().unwrap());
        assert!(metrics["ArticlesDropped"].0 > 0.0 && metrics["DroppedAlreadyRead"].0 > 0.0);
        assert_eq!((&line["request_id"], &line["facts"]), (&done["request_id"], &"mysql".into()));
    }
    let hits = |line: &Value| line["FactsCached"].as_u64().unwrap();
    assert!(hits(&lines[0]) == 0 && hits(&lines[4]) > 1_000, "articles are remembered");
    assert_eq!(world.said("init done").len(), 1);
}

#[tokio::test]
async fn poison_fails_alone_and_no_body_is_ever_logged() {
    let world = World::new(None, &[]).await;
    let mut environment = world.start().await;
    let good: Vec<Message> = (0..3).map(Message::number).collect();
    let partial = json!({ "data": [[1_999, [7, 8]], [1_998, "classified"]] }).to_string();
    let mut records: Vec<Value> = good.iter().map(Message::record).collect();
    records.insert(1, record("malformed", "{\"data\": [[1, [\"classified"));
    records.push(record("foreign", "{\"order\": \"classified\"}"));
    records.push(record("partial", &partial));
    records.push(record("empty", ""));
    let back = returned(&mut environment, event(&records), AMPLE).await.unwrap();
    let poison = ["malformed", "foreign", "partial", "empty"].map(str::to_owned);
    assert_eq!(back, BTreeSet::from(poison));
    let with_partial =
        Message { id: "partial".to_owned(), generated_at: 0, lists: vec![(1_999, vec![7, 8])] };
    let expected = last(good.iter().chain([&with_partial]));
    assert_eq!(world.held().await, expected);
    let log = world.log();
    assert!(log.contains("malformed") && !log.contains("classified"), "{log}");
}

#[tokio::test]
async fn a_message_without_an_id_fails_its_batch_and_the_function_lives_on() {
    let world = World::new(None, &[]).await;
    let mut environment = world.start().await;
    let messages: Vec<Message> = (0..2).map(Message::number).collect();
    let mut records: Vec<Value> = messages.iter().map(Message::record).collect();
    records[1]["messageId"] = json!("");
    let error = returned(&mut environment, event(&records), AMPLE).await.unwrap_err();
    let FunctionError::Failed(words) = error else { panic!("{error}") };
    assert!(words.contains("record 1") && words.contains("no message id"), "{words}");
    assert_eq!(world.held().await, Lists::new());
    assert_eq!(world.said("batch failed whole").len(), 1);

    let back = returned(&mut environment, event_of(&messages), AMPLE).await.unwrap();
    assert_eq!((back, world.held().await), (BTreeSet::new(), last(&messages)));
}
