//! Batches under failures: unfinished messages are returned, and handled when they are redelivered.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::expectation::{Lists, Message, last, sql};
use crate::gate::Gate;
use crate::kit::{AMPLE, World, event_of, returned};
use crate::mariadb;

fn ten() -> Vec<Message> {
    (0..10).map(Message::number).collect()
}

fn ids(messages: &[Message]) -> BTreeSet<String> {
    messages.iter().map(|message| message.id.clone()).collect()
}

/// With enough time, a throttled batch is written completely and nothing is returned.
#[tokio::test]
async fn a_throttled_table_is_waited_for() {
    let world = World::new(Some(40.0), &[]).await;
    let mut environment = world.start().await;
    let back = returned(&mut environment, event_of(&ten()), AMPLE).await.unwrap();
    assert_eq!((back, world.held().await), (BTreeSet::new(), last(&ten())));
    let line = &world.metrics()[0];
    let retried = |name: &str| line[name].as_u64().unwrap();
    assert!(retried("ItemsReturned") + retried("WriteCallsThrottled") > 0, "{line}");
}

/// Without enough time, exactly the messages with an unwritten user are returned, and are
/// redelivered until none is left. A redelivered message carries lists superseded by newer messages
/// of its first batch; the guard keeps them from overwriting those.
#[tokio::test]
async fn under_deadline_pressure_what_is_not_written_comes_again() {
    let variables =
        [("RECO_POLICY", "writes.only_newer = true"), ("RECO_DEADLINE_MARGIN_MS", "2500")];
    let world = World::new(Some(40.0), &variables).await;
    let mut environment = world.start().await;
    let messages: BTreeMap<String, Message> =
        ten().into_iter().map(|message| (message.id.clone(), message)).collect();
    let expected = last(messages.values());
    let mut waiting = ids(&ten());
    let begun = Instant::now();
    let mut rounds = 0;
    while !waiting.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(180), "{waiting:?} are still waiting");
        let batch: Vec<&Message> = waiting.iter().map(|id| &messages[id]).collect();
        let event = event_of(batch.iter().copied());
        let back = returned(&mut environment, event, Duration::from_millis(6_500)).await.unwrap();
        let held = world.held().await;
        for message in &batch {
            let missing = last([*message]).keys().any(|user| !held.contains_key(user));
            assert!(!missing || back.contains(&message.id), "{} was lost", message.id);
        }
        assert!(back.is_subset(&waiting));
        waiting = back;
        rounds += 1;
    }
    assert!(rounds > 1, "there was no pressure");
    assert_eq!(world.held().await, expected);
    let stale =
        world.metrics().iter().map(|line| line["EntriesStale"].as_u64().unwrap()).sum::<u64>();
    assert!(stale > 0, "what came again met what it had written itself");
}

#[tokio::test]
async fn while_the_database_is_down_everything_is_returned_and_nothing_written() {
    let database = mariadb::database(&sql());
    let gate = Gate::to(mariadb::server().port, false).await;
    let facts = format!("mysql://root@127.0.0.1:{}/{database}", gate.port);
    let world = World::with_facts(&facts, None, &[]).await;

    // The function starts even while the database is down.
    let mut environment = world.start().await;
    assert_eq!(world.said("facts database unavailable at init").len(), 1);
    let first: Vec<Message> = (0..5).map(Message::number).collect();
    let back = returned(&mut environment, event_of(&first), AMPLE).await.unwrap();
    assert_eq!((back, world.held().await), (ids(&first), Lists::new()));

    gate.open();
    let back = returned(&mut environment, event_of(&first), AMPLE).await.unwrap();
    assert_eq!((back, world.held().await), (BTreeSet::new(), last(&first)));

    // Down later: the open connection is cut.
    gate.shut();
    let second: Vec<Message> = (5..10).map(Message::number).collect();
    let back = returned(&mut environment, event_of(&second), AMPLE).await.unwrap();
    assert_eq!((back, world.held().await), (ids(&second), last(&first)));

    gate.open();
    let back = returned(&mut environment, event_of(&second), AMPLE).await.unwrap();
    let mut expected = last(&first);
    expected.extend(last(&second));
    assert_eq!((back, world.held().await), (BTreeSet::new(), expected));

    let done = world.said("batch done");
    let failed: Vec<bool> = done.iter().map(|line| line["facts_error"].is_string()).collect();
    assert_eq!(failed, [true, false, true, false]);
    assert_eq!(done[0]["unprocessed"], 250);
}

#[tokio::test]
async fn killed_in_the_middle_of_a_batch_and_delivered_again() {
    let world = World::new(Some(60.0), &[]).await;
    let mut environment = world.start().await;
    let expected = last(&ten());
    let (mut part, whole) = (0, expected.len());
    {
        let invocation = returned(&mut environment, event_of(&ten()), AMPLE);
        tokio::pin!(invocation);
        while part == 0 {
            tokio::select! {
                answer = &mut invocation => panic!("done before anything was seen: {answer:?}"),
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
            part = world.held().await.len();
        }
    }
    environment.kill().await;
    part = world.held().await.len();
    assert!(part > 0 && part < whole, "{part} of {whole} when it was killed");

    let mut next = world.start().await;
    let back = returned(&mut next, event_of(&ten()), AMPLE).await.unwrap();
    assert_eq!((back, world.held().await), (BTreeSet::new(), expected));
    assert_eq!(world.said("init done").len(), 2);
}

#[tokio::test]
async fn a_function_that_is_not_in_time_is_stopped() {
    // Without a margin, the function does not notice that its time is over.
    let world = World::new(Some(20.0), &[("RECO_DEADLINE_MARGIN_MS", "0")]).await;
    let mut environment = world.start().await;
    let frozen = environment.pid().unwrap();
    let stop = std::process::Command::new("kill").args(["-STOP", &frozen.to_string()]).status();
    assert!(stop.unwrap().success());
    let error =
        returned(&mut environment, event_of(&ten()), Duration::from_millis(700)).await.unwrap_err();
    assert_eq!(error.to_string(), "Task timed out after 0.70 seconds");
    assert!(!environment.is_alive());
    assert_eq!(world.held().await, Lists::new());
}
