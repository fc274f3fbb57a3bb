use reco_core::message::Message;

use super::*;
use crate::aws::sqs::Queue;

fn destination(fifo: bool) -> Destination {
    let queue = Queue { name: String::new(), url: String::new(), arn: String::new(), fifo };
    Destination { number: 0, queue, limit: 1 << 20, stamp: None }
}

fn pending(id: &str, doubtful_for_ms: Option<i64>) -> Pending {
    let message = Message { id: id.to_owned(), ..Message::default() };
    let doubt = doubtful_for_ms
        .map(|ms| Doubt { since_ms: now_ms() - ms, reason: "the answer was lost".to_owned() });
    let dispatch = Dispatch { message, out: None };
    let digest = OnceLock::new();
    Pending { dispatch, known: true, place: 0, key: None, rejects: None, doubt, digest }
}

fn batch(to: &Destination, pending: Vec<Pending>) -> Batch<'_> {
    let (deletable, sent) = (Vec::new(), Sent::default());
    Batch { to, pending, deletable, attempt_ms: now_ms(), unwritten: None, sent }
}

fn open<'a>(batch: &'a Batch<'_>) -> Vec<&'a str> {
    batch.pending.iter().map(|pending| pending.dispatch.message.id.as_str()).collect()
}

/// A guard may pause the run between a send whose response was lost and the next attempt.
#[test]
fn a_fifo_message_is_not_sent_again_once_the_queue_may_have_forgotten_it() {
    let to = destination(true);
    let all = [("fresh", None), ("young", Some(200_000)), ("old", Some(275_000))];
    let mut batch = batch(&to, all.map(|(id, age)| pending(id, age)).to_vec());
    batch.drop_aged();
    assert_eq!(open(&batch), ["fresh", "young"]);
    let [(_, _, SendOutcome::Uncertain { reason })] = &batch.sent.outcomes[..] else {
        panic!("{:?}", batch.sent.outcomes)
    };
    assert!(reason.contains("the answer was lost"), "{reason}");
}

#[test]
fn the_first_attempt_in_doubt_counts_and_not_the_last() {
    let to = destination(true);
    let mut batch = batch(&to, vec![pending("m", Some(260_000))]);
    batch.attempt_ms = now_ms();
    batch.doubt("lost again");
    let since_ms = batch.pending[0].doubt.as_ref().map(|doubt| doubt.since_ms);
    assert!(since_ms.is_some_and(|since_ms| now_ms() - since_ms >= 260_000));
}

#[test]
fn whatever_stops_a_later_attempt_an_earlier_one_may_have_had_its_effect() {
    let to = destination(false);
    let mut batch = batch(&to, vec![pending("doubtful", Some(1)), pending("sure", None)]);
    batch.settle_pending(|| SendOutcome::Left { reason: "stopped".to_owned() });
    let outcomes: Vec<_> = batch.sent.outcomes.iter().map(|(_, _, outcome)| outcome).collect();
    assert!(matches!(outcomes[0], SendOutcome::Uncertain { .. }));
    assert!(matches!(outcomes[1], SendOutcome::Left { .. }));
}

/// Over two crashes: the second run repeats the send of the first, and a third must not take the
/// second's time for the beginning.
#[test]
fn the_journal_of_a_repeated_send_says_when_the_first_one_began() {
    let mut first = pending("first", Some(240_000));
    first.known = false;
    let mut again = pending("again", Some(240_000));
    again.known = true;
    let mut fresh = pending("fresh", None);
    fresh.known = false;
    let intents = records::intents(&[first, again, fresh], 1, None).expect("lines");
    let header = br#"{"header":{"version":1,"run_id":"r","started_at":"","source":"s","fifo":true,"recoctl":"","policy":""}}"#;
    let mut replay = reco_core::journal::Replay::new();
    for line in std::iter::once(&header[..]).chain(intents.split(|byte| *byte == b'\n')) {
        replay.line(line).expect("a line of a journal");
    }
    let state = replay.finish();
    let age = |id: &str| now_ms() - state.doubtful_since_ms(id).expect("a send without an answer");
    assert!(age("first") >= 240_000 && age("again") >= 240_000);
    assert!(age("fresh") < 200_000);
}
