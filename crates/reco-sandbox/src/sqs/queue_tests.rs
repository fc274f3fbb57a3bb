use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::super::message::StoredContent;
use super::*;

const RETENTION: u64 = 345_600_000;

fn message(body: &str, group: Option<&str>, now: u64) -> StoredMessage {
    let content = StoredContent::new(body.into(), BTreeMap::new(), None, group.map(Into::into));
    StoredMessage::fresh(Arc::new(content), None, now)
}

fn ask(max: usize, seconds: u64) -> ReceiveLimits {
    ReceiveLimits {
        max,
        visibility_ms: seconds * 1000,
        max_receives: None,
        in_flight_limit: 120_000,
    }
}

fn bodies(batch: &ReceivedBatch) -> Vec<&str> {
    batch.messages.iter().map(|(_, message)| message.content.body.as_str()).collect()
}

fn standard(names: &[&str]) -> MessageQueue {
    let mut queue = MessageQueue::new(false, RETENTION);
    for name in names {
        queue.put(message(name, None, 0), 0, 0);
    }
    queue
}

#[test]
fn a_received_message_is_hidden_until_its_timeout_and_counts_its_receives() {
    let mut queue = standard(&["a"]);
    let first = queue.receive(ask(10, 30), 1000);
    assert_eq!(bodies(&first), ["a"]);
    assert!(queue.receive(ask(10, 30), 30_999).messages.is_empty());
    let second = queue.receive(ask(10, 30), 31_000);
    assert_eq!(second.messages[0].1.receive_count, 2);
    assert_eq!(second.messages[0].1.first_received_ms, Some(1000));
    assert_ne!(first.messages[0].0, second.messages[0].0, "each receive has its own claim");
}

#[test]
fn twelve_hours_in_flight_are_the_limit() {
    let mut queue = standard(&["a"]);
    let claim = queue.receive(ask(1, 30), 0).messages[0].0;
    assert_eq!(queue.change_visibility(claim, 43_200, 999), Ok(()));
    let later = 40_000_000;
    assert_eq!(queue.change_visibility(claim, 3_200, later), Ok(()));
    assert_eq!(queue.change_visibility(claim, 3_201, later), Err(VisibilityRefusal::BeyondLimit));
}

#[test]
fn after_three_receives_a_message_goes_to_the_back() {
    let mut queue = standard(&["a", "b"]);
    for now in 0..3 {
        assert_eq!(bodies(&queue.receive(ask(1, 0), now)), ["a"], "receive {now}");
    }
    assert_eq!(bodies(&queue.receive(ask(1, 0), 3)), ["b"]);
}

#[test]
fn receives_past_the_limit_move_a_message_out() {
    let mut queue = standard(&["a", "b"]);
    let limited = ReceiveLimits { max_receives: Some(2), ..ask(1, 0) };
    for now in 0..2 {
        assert_eq!(bodies(&queue.receive(limited, now)), ["a"]);
    }
    let third = queue.receive(limited, 2);
    assert_eq!(bodies(&third), ["b"], "the receive goes on to the next");
    assert_eq!(third.dead.len(), 1);
    assert_eq!((third.dead[0].receive_count, &*third.dead[0].content.body), (2, "a"));
}

#[test]
fn receives_elsewhere_do_not_count_against_this_queues_policy() {
    let mut queue = MessageQueue::new(false, RETENTION);
    let mut moved = message("a", None, 0);
    moved.receive_count = 7;
    queue.put(moved, 0, 0);
    let batch = queue.receive(ReceiveLimits { max_receives: Some(1), ..ask(1, 0) }, 0);
    assert_eq!(batch.messages[0].1.receive_count, 8);
}

#[test]
fn delays_hide_and_retention_deletes() {
    let mut queue = MessageQueue::new(false, RETENTION);
    queue.put(message("late", None, 0), 5000, 0);
    assert_eq!(queue.counts(4999), QueueCounts { visible: 0, in_flight: 0, delayed: 1 });
    assert_eq!(queue.next_waking(), Some(5000));
    assert_eq!(bodies(&queue.receive(ask(1, 43_200), 5000)), ["late"]);
    assert_eq!(queue.counts(RETENTION - 1).in_flight + queue.counts(RETENTION - 1).visible, 1);
    assert_eq!(queue.counts(RETENTION), QueueCounts::default());
    assert_eq!(queue.next_waking(), None);
}

#[test]
fn a_fifo_group_waits_for_its_messages_in_flight() {
    let mut queue = MessageQueue::new(true, RETENTION);
    for (body, group) in [("a1", "a"), ("b1", "b"), ("a2", "a"), ("a3", "a")] {
        queue.put(message(body, Some(group), 0), 0, 0);
    }
    let first = queue.receive(ask(2, 30), 0);
    assert_eq!(bodies(&first), ["a1", "a2"], "several of one group, in order");
    let second = queue.receive(ask(10, 30), 1);
    assert_eq!(bodies(&second), ["b1"]);
    assert_eq!(queue.delete(first.messages[0].0, 2), DeletionOutcome::Deleted);
    assert!(queue.receive(ask(10, 30), 2).messages.is_empty(), "a2 is still in flight");
    assert_eq!(queue.change_visibility(first.messages[1].0, 0, 3), Ok(()));
    assert_eq!(bodies(&queue.receive(ask(10, 30), 3)), ["a2", "a3"]);
    assert_eq!(queue.delete(second.messages[0].0, 31_000), DeletionOutcome::Expired);
}

#[test]
fn a_move_takes_only_what_was_there() {
    let mut queue = standard(&["a", "b"]);
    let mark = queue.mark();
    queue.put(message("new", None, 0), 0, 0);
    let mut taken = Vec::new();
    while let Some(message) = queue.take_before(mark, 0) {
        taken.push(message.content.body.clone());
    }
    assert_eq!(taken, ["a", "b"]);
    assert_eq!(queue.counts(0).visible, 1);
}

/// One step of a random history.
#[derive(Debug, Clone)]
enum Step {
    Put { group: u8, delay_s: u64 },
    Receive { max: usize, visibility_s: u64 },
    Delete { nth: usize },
    Change { nth: usize, seconds: u64 },
    Wait { ms: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3u8, 0..3u64).prop_map(|(group, delay_s)| Step::Put { group, delay_s }),
        3 => (1..11usize, 0..4u64)
            .prop_map(|(max, visibility_s)| Step::Receive { max, visibility_s }),
        2 => any::<usize>().prop_map(|nth| Step::Delete { nth }),
        1 => (any::<usize>(), 0..4u64).prop_map(|(nth, seconds)| Step::Change { nth, seconds }),
        2 => (0..2500u64).prop_map(|ms| Step::Wait { ms }),
    ]
}

/// Result of a history: every message put is still in the queue, deleted or dead.
struct Run {
    queue: MessageQueue,
    now: u64,
    put: usize,
    deleted: usize,
    dead: usize,
    claims: Vec<(ReceiptClaim, u8, u64)>,
}

fn play(fifo: bool, steps: &[Step], max_receives: Option<u32>) -> Result<Run, TestCaseError> {
    let queue = MessageQueue::new(fifo, RETENTION);
    let mut run = Run { queue, now: 0, put: 0, deleted: 0, dead: 0, claims: Vec::new() };
    for step in steps {
        match step {
            Step::Put { group, delay_s } => {
                let delay_ms = if fifo { 0 } else { delay_s * 1000 };
                let body = format!("{group}/{}", run.put);
                let group = group.to_string();
                run.queue.put(message(&body, Some(&group), run.now), delay_ms, run.now);
                run.put += 1;
            }
            Step::Receive { max, visibility_s } => {
                let ask = ReceiveLimits { max_receives, ..ask(*max, *visibility_s) };
                let batch = run.queue.receive(ask, run.now);
                prop_assert!(batch.messages.len() <= *max);
                run.dead += batch.dead.len();
                if fifo {
                    check_order(&run, &batch)?;
                }
                let until = run.now + visibility_s * 1000;
                for (claim, message) in batch.messages {
                    let group = message.content.body.as_bytes()[0];
                    prop_assert!(!held(&run, &claim), "handed out while in flight");
                    run.claims.push((claim, group, until));
                }
            }
            Step::Delete { nth } => {
                if let Some((claim, _, _)) = pick(&run, *nth) {
                    let done = run.queue.delete(claim, run.now) == DeletionOutcome::Deleted;
                    run.deleted += usize::from(done);
                    if done {
                        run.claims.retain(|(other, _, _)| *other != claim);
                    }
                }
            }
            Step::Change { nth, seconds } => {
                if let Some((claim, _, _)) = pick(&run, *nth)
                    && run.queue.change_visibility(claim, *seconds, run.now).is_ok()
                {
                    let until = run.now + seconds * 1000;
                    for held in run.claims.iter_mut().filter(|(other, _, _)| *other == claim) {
                        held.2 = until;
                    }
                }
            }
            Step::Wait { ms } => run.now += ms,
        }
        let counts = run.queue.counts(run.now);
        let live = counts.visible + counts.in_flight + counts.delayed;
        prop_assert_eq!(live + run.deleted + run.dead, run.put, "no message is lost or doubled");
        prop_assert_eq!(live, run.queue.entries().count());
    }
    Ok(run)
}

fn pick(run: &Run, nth: usize) -> Option<(ReceiptClaim, u8, u64)> {
    run.claims.get(nth.checked_rem(run.claims.len())?).copied()
}

fn held(run: &Run, claim: &ReceiptClaim) -> bool {
    run.claims.iter().any(|(other, _, until)| other.key == claim.key && *until > run.now)
}

/// Checks that a FIFO receive returns each group's messages in the order they were put, and none of
/// a group that has messages in flight.
fn check_order(run: &Run, batch: &ReceivedBatch) -> Result<(), TestCaseError> {
    let mut last: BTreeMap<u8, u64> = BTreeMap::new();
    for (claim, message) in &batch.messages {
        let group = message.content.body.as_bytes()[0];
        let closed = run.claims.iter().any(|(_, other, until)| *other == group && *until > run.now);
        prop_assert!(!closed, "group {} is in flight", group);
        prop_assert!(last.insert(group, claim.key).is_none_or(|before| before < claim.key));
        let older = run.queue.entries.iter().find(|(key, entry)| {
            **key < claim.key
                && entry.message.content.body.as_bytes()[0] == group
                && !batch.messages.iter().any(|(taken, _)| taken.key == **key)
        });
        prop_assert!(older.is_none(), "an earlier message of the group was passed over");
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_message_is_somewhere(
        fifo in any::<bool>(),
        steps in prop::collection::vec(step(), 1..120),
        max_receives in prop::option::of(1..4u32),
    ) {
        let mut run = play(fifo, &steps, max_receives)?;
        // Once every timeout is over, all remaining messages can be received and deleted.
        run.now += 10_000;
        let mut left = run.put - run.deleted - run.dead;
        while left > 0 {
            let batch = run.queue.receive(ask(10, 30), run.now);
            prop_assert!(!batch.messages.is_empty(), "{left} messages cannot be received");
            for (claim, _) in batch.messages {
                prop_assert_eq!(run.queue.delete(claim, run.now), DeletionOutcome::Deleted);
                left -= 1;
            }
        }
        prop_assert!(run.queue.waking.is_empty() && run.queue.by_sent.is_empty());
        prop_assert_eq!(run.queue.in_flight, 0);
    }
}
