//! Faults of receives: duplicates, misses, and handles that lapse.

use super::*;

#[tokio::test]
async fn a_receive_whose_answer_is_lost_leaves_its_messages_in_flight() {
    let faulty = Faulty::new(&["ReceiveMessage:drop-after:1"]).await;
    faulty.plant(3);
    let receive = faulty.sqs.receive_message().queue_url(&faulty.url).max_number_of_messages(10);
    assert!(matches!(receive.send().await, Err(SdkError::DispatchFailure(_))));
    assert_eq!(faulty.held(), (0, 3));
}

#[tokio::test]
async fn a_message_in_flight_is_handed_out_again_under_another_handle() {
    let faulty = Faulty::new(&["ReceiveMessage:duplicate:1"]).await;
    let ids = faulty.plant(3);
    let first = faulty.receive(1).await;
    assert_eq!(first.len(), 1);
    assert_eq!(faulty.injected("ReceiveMessage:duplicate"), 0, "nothing was in flight yet");
    let second = faulty.receive(10).await;
    let again = second.iter().filter(|message| message.message_id == first[0].message_id);
    let again: Vec<_> = again.collect();
    assert_eq!((second.len(), again.len()), (3, 1), "the other two, and the first once more");
    assert_ne!(again[0].receipt_handle, first[0].receipt_handle);
    assert_eq!(again[0].body, first[0].body);
    assert_eq!(faulty.held(), (0, 3), "{ids:?}");
    faulty.delete(&first[0]).await.unwrap();
    assert_eq!(faulty.held(), (0, 3), "the older handle deletes nothing");
    faulty.delete(again[0]).await.unwrap();
    assert_eq!((faulty.held(), faulty.injected("ReceiveMessage:duplicate")), ((0, 2), 1));
}

#[tokio::test]
async fn fifo_queues_hand_out_no_duplicates() {
    let faulty = Faulty::seeded(&["ReceiveMessage:duplicate:1"], 0, "q.fifo").await;
    faulty.plant(2);
    assert_eq!(faulty.receive(1).await.len(), 1);
    assert_eq!(faulty.receive(10).await.len(), 0);
    assert!(faulty.sandbox.faults_injected().is_empty());
}

/// AWS: a short poll asks a subset of the servers, a long poll all of them; FIFO queues have no such
/// subsets.
#[tokio::test]
async fn short_polls_miss_and_long_polls_do_not() {
    let faulty = Faulty::new(&["ReceiveMessage:miss:1"]).await;
    faulty.plant(9);
    let mut found = BTreeSet::new();
    let mut polls = 0;
    while found.len() < 4 {
        let held = faulty.receive(10).await;
        assert!(held.len() <= 1, "{} of 9 by a poll that misses", held.len());
        found.extend(held.into_iter().filter_map(|message| message.message_id));
        polls += 1;
        assert!(polls < 100, "a short poll finds some in the end");
    }
    assert!(polls > 4, "some polls found nothing");
    assert_eq!(faulty.injected("ReceiveMessage:miss"), polls);
    let long = faulty.sqs.receive_message().queue_url(&faulty.url).wait_time_seconds(1);
    let long = long.max_number_of_messages(10).send().await.unwrap();
    assert_eq!(long.messages.unwrap_or_default().len(), 5, "all that was left");
    assert_eq!(faulty.injected("ReceiveMessage:miss"), polls);

    let faulty = Faulty::seeded(&["ReceiveMessage:miss:1"], 0, "q.fifo").await;
    faulty.plant(2);
    assert_eq!(faulty.receive(10).await.len(), 2);
    assert!(faulty.sandbox.faults_injected().is_empty());
}

#[tokio::test]
async fn visibility_may_end_soon_after_the_receive() {
    let faulty = Faulty::new(&["ReceiveMessage:lapse:1:80"]).await;
    faulty.plant(1);
    let first = faulty.receive(10).await;
    assert_eq!((first.len(), faulty.held()), (1, (0, 1)));
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(faulty.held(), (1, 0), "visible again long before its 60 s");
    let second = faulty.receive(10).await;
    assert_eq!(second[0].message_id, first[0].message_id);
    assert_eq!(faulty.injected("ReceiveMessage:lapse"), 2);
}

/// AWS: a delete with a stale handle succeeds on a standard queue and fails on a FIFO queue.
#[tokio::test]
async fn handles_may_be_old_by_the_time_of_the_delete() {
    for (queue, answer) in [("q", Ok(())), ("q.fifo", Err(Some("InvalidParameterValue".into())))] {
        let faults = ["DeleteMessage:lapse:1", "DeleteMessageBatch:lapse:1"];
        let faulty = Faulty::seeded(&faults, 0, queue).await;
        faulty.plant(2);
        let held = faulty.receive(10).await;
        assert_eq!(faulty.delete(&held[0]).await, answer, "{queue}");
        let batch = faulty.delete_batch(&held[1..]).await;
        assert_eq!(batch.failed().is_empty(), answer.is_ok(), "{queue}");
        assert_eq!(faulty.held(), (2, 0), "{queue}: visible, and not deleted");
        let counts = [("DeleteMessage:lapse", 1), ("DeleteMessageBatch:lapse", 1)];
        let counts = counts.map(|(what, count)| (what.to_owned(), count));
        assert_eq!(faulty.sandbox.faults_injected(), BTreeMap::from(counts));
    }
}

#[tokio::test]
async fn a_heartbeat_tells_of_a_lapsed_handle() {
    let faulty = Faulty::new(&["ChangeMessageVisibility:lapse:1"]).await;
    faulty.plant(1);
    let held = faulty.receive(1).await;
    let change = faulty.sqs.change_message_visibility().queue_url(&faulty.url);
    let change = change.receipt_handle(held[0].receipt_handle().unwrap()).visibility_timeout(60);
    let error = change.send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameterValue"));
    assert_eq!(faulty.held(), (1, 0));
}
