//! Journal: what replay may conclude from any part of it.

pub mod random;
mod sightings;

use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::prelude::*;
use reco_core::journal::{
    Ack, Again, Anomaly, Became, Deleted, Digest, End, Header, Intent, JournalError, JournalState,
    Outcomes, Record, Replay, Restore, SentMessages, Sighting, Standing, Unacknowledged, VERSION,
    is_remembered,
};
use reco_core::message::{Attribute, AttributeValue, Message};
use reco_core::message_outcome::{MessageOutcome, UserCounts};
use reco_core::outcome::Outcome;
use reco_core::run_by::RunBy;
use reco_core::settle::Copy;

const MINUTE_MS: i64 = 60_000;

fn header(fifo: bool) -> Header {
    Header {
        version: VERSION,
        run_id: "run-1".to_owned(),
        started_at: "2026-01-02T03:04:05Z".to_owned(),
        source: "arn:aws:sqs:us-east-1:000000000000:dlq".to_owned(),
        destination: Some("arn:aws:sqs:us-east-1:000000000000:q".to_owned()),
        fifo,
        recoctl: "0.1.0".to_owned(),
        policy: "fp".to_owned(),
        by: RunBy::default(),
    }
}

fn message(id: &str) -> Message {
    Message {
        id: id.to_owned(),
        receipt_handle: format!("handle-{id}"),
        body: format!("body of {id}"),
        ..Message::default()
    }
}

fn intent(id: &str, batch: u64) -> Record<'static> {
    begun(&message(id), None, batch)
}

/// Returns an intent that owns its data.
fn begun(message: &Message, out: Option<&str>, batch: u64) -> Record<'static> {
    let Intent { batch, at_ms, digest, message, out, .. } = Intent::new(message, out, batch, 0);
    let message = Cow::Owned(message.into_owned());
    let out = out.map(|out| Cow::Owned(out.into_owned()));
    Record::Intent(Intent { batch, at_ms, digest, message, out, to: None })
}

fn ack(id: &str, batch: u64) -> Record<'static> {
    Record::Ack(Ack { message_id: id.to_owned(), sent_as: format!("new-{id}"), batch })
}

fn unacknowledged(id: &str, batch: u64, reason: &str) -> Unacknowledged {
    Unacknowledged { message_id: id.to_owned(), batch, reason: reason.to_owned() }
}

fn refused(id: &str, batch: u64) -> Record<'static> {
    Record::Refused(unacknowledged(id, batch, "no"))
}

fn uncertain(id: &str, batch: u64) -> Record<'static> {
    Record::Uncertain(unacknowledged(id, batch, "lost"))
}

fn again(id: &str, batch: u64, at_ms: i64) -> Record<'static> {
    Record::Again(Again { message_id: id.to_owned(), batch, at_ms })
}

fn deleted(id: &str) -> Record<'static> {
    Record::Deleted(Deleted { message_id: id.to_owned() })
}

fn line(record: &Record<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    record.write_line(&mut line).unwrap();
    line
}

fn lines(records: &[Record<'_>]) -> Vec<Vec<u8>> {
    records.iter().map(line).collect()
}

fn journal(fifo: bool, records: &[Record<'static>]) -> Vec<Vec<u8>> {
    let mut all = lines(&[Record::Header(header(fifo))]);
    all.extend(lines(records));
    all
}

fn replay(fifo: bool, records: &[Record<'static>]) -> JournalState {
    replay_bytes(&journal(fifo, records).concat()).unwrap()
}

/// Replays a file's bytes line by line, as a file reader would.
fn replay_bytes(bytes: &[u8]) -> Result<JournalState, JournalError> {
    let mut replay = Replay::new();
    bytes.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| replay.line(line))?;
    Ok(replay.finish())
}

fn deletable(state: &JournalState) -> Vec<String> {
    state.resume(0).delete.iter().map(|acked| acked.message_id().to_owned()).collect()
}

#[test]
fn each_line_says_its_kind_and_reads_back() {
    let end =
        Record::End(End { outcome: Outcome::Partial, counts: [("moved".to_owned(), 3)].into() });
    let records = [
        Record::Header(header(true)),
        intent("a", 1),
        uncertain("a", 1),
        again("a", 2, 5),
        ack("a", 2),
        deleted("a"),
        refused("c", 1),
        end,
    ];
    let lines = lines(&records);
    for (record, line) in records.iter().zip(&lines) {
        assert_eq!(&serde_json::from_slice::<Record<'static>>(line).unwrap(), record);
    }
    let text: Vec<_> = lines.iter().map(|line| String::from_utf8_lossy(line)).collect();
    insta::assert_snapshot!(text.concat());
}

#[test]
fn the_story_of_each_message_leads_to_its_standing() {
    let state = replay(
        false,
        &[
            intent("open", 1),
            intent("acked", 1),
            intent("done", 1),
            intent("bad", 1),
            intent("lost", 1),
            intent("second", 1),
            ack("acked", 1),
            ack("done", 1),
            deleted("done"),
            refused("bad", 1),
            uncertain("lost", 1),
            refused("second", 1),
            again("second", 2, 0),
            ack("second", 2),
        ],
    );
    let standings: BTreeMap<_, _> = state.messages().collect();
    let expected = [
        ("acked", Standing::Acked),
        ("bad", Standing::Refused),
        ("done", Standing::Deleted),
        ("lost", Standing::Uncertain),
        ("open", Standing::Intended),
        ("second", Standing::Acked),
    ];
    assert_eq!(standings, expected.into());
    assert_eq!(deletable(&state), ["acked", "second"]);
    let resume = state.resume(0);
    let doubts: Vec<_> =
        resume.uncertain.iter().map(|doubt| (&*doubt.message_id, &*doubt.reason)).collect();
    let cut_off = "the run ended between its send and the response";
    assert_eq!(doubts, [("lost", "lost"), ("open", cut_off)]);
    assert!(resume.resend.is_empty(), "never on a standard queue");
    assert_eq!((state.reason("bad"), state.last_batch()), (Some("no"), 2));
    let counts = state.counts();
    assert_eq!((counts.messages, counts.acked, counts.refused, counts.deleted), (6, 2, 1, 1));
    assert_eq!((state.anomalies(), state.end()), (vec![], None));
}

#[test]
fn a_replayed_acknowledgement_is_proof_for_a_delete() {
    let state = replay(false, &[intent("m", 1), ack("m", 1)]);
    let deletable = state.resume(0).delete.remove(0);
    assert_eq!(state.acked("m").as_ref(), Some(&deletable));
    assert_eq!((deletable.message_id(), deletable.receipt_handle()), ("m", "handle-m"));
    assert_eq!(deletable.copy(), &Copy::Sent("new-m".to_owned()));
    assert_eq!(deletable.under("newer").receipt_handle(), "newer");
}

/// AWS: a FIFO queue remembers a deduplication id for 5 minutes from the first send.
#[test]
fn fifo_messages_are_sent_again_only_while_the_queue_knows_the_first_send() {
    let records = [intent("m", 1), uncertain("m", 1), again("m", 2, 4 * MINUTE_MS)];
    let soon = replay(true, &records).resume(4 * MINUTE_MS);
    assert_eq!((soon.resend, soon.uncertain.len()), (vec!["m".to_owned()], 0));
    let late = replay(true, &records).resume(5 * MINUTE_MS);
    assert!(late.resend.is_empty(), "the second attempt does not lengthen what the first began");
    assert_eq!(late.uncertain[0].message_id, "m");
    let settled = [intent("m", 1), refused("m", 1), again("m", 2, 9 * MINUTE_MS)];
    let resume = replay(true, &settled).resume(10 * MINUTE_MS);
    assert_eq!(resume.resend, ["m"], "a refused first attempt left nothing there");
}

#[test]
fn a_message_that_may_be_there_twice_is_named() {
    let records = [intent("m", 1), uncertain("m", 1), again("m", 2, 0), ack("m", 2)];
    let state = replay(false, &records);
    assert_eq!(
        (deletable(&state), state.possibly_double().collect()),
        (vec!["m".into()], vec!["m"])
    );
    let once = replay(false, &[intent("m", 1), refused("m", 1), again("m", 2, 0), ack("m", 2)]);
    assert_eq!(once.possibly_double().count(), 0);
}

#[test]
fn a_fifo_queue_is_trusted_to_remember_for_less_than_it_does() {
    assert!(is_remembered(0, 0) && is_remembered(0, 4 * MINUTE_MS));
    assert!(!is_remembered(0, 5 * MINUTE_MS - 30_000), "the margin is kept");
    assert!(!is_remembered(10 * MINUTE_MS, 0), "a clock that was set back proves nothing");
    assert!(!is_remembered(i64::MIN, i64::MAX));
}

#[test]
fn a_journal_of_several_destinations_names_each_messages_own() {
    let one = message("a");
    let mut intent = Intent::new(&one, None, 1, 0);
    intent.to = Some("arn:aws:sqs:us-east-1:000000000000:other".into());
    let head = Record::Header(Header { destination: None, ..header(false) });
    let mut restore = Restore::new();
    assert!(restore.line(&line(&head)).unwrap().is_none());
    let kept = restore.line(&line(&Record::Intent(intent))).unwrap().unwrap();
    assert_eq!(kept.to.as_deref(), Some("arn:aws:sqs:us-east-1:000000000000:other"));
}

#[test]
fn a_torn_last_line_is_told_and_counts_for_nothing() {
    let whole = journal(false, &[intent("m", 1)]).concat();
    for rest in [&b"{\"ack\":{\"message_id\":\"m\""[..], b"\0\0\0", b"{\"ack\":{}}\n"] {
        let state = replay_bytes(&[&whole, rest].concat()).unwrap();
        assert!(deletable(&state).is_empty());
        let tail = state.tail();
        assert_eq!((tail.whole_bytes, tail.unterminated), (whole.len() as u64, false));
        let torn = tail.torn.as_ref().unwrap();
        assert_eq!((torn.line, torn.bytes), (3, rest.len() as u64));
    }
}

#[test]
fn a_last_line_without_its_newline_counts_and_is_told() {
    let mut whole = journal(false, &[intent("m", 1), ack("m", 1)]).concat();
    whole.pop();
    let state = replay_bytes(&whole).unwrap();
    assert_eq!(deletable(&state), ["m"]);
    assert!(state.tail().unterminated && state.tail().torn.is_none());
    assert_eq!(state.tail().whole_bytes, whole.len() as u64);
}

#[test]
fn what_is_no_journal_is_refused_with_its_line() {
    let head = journal(false, &[]).concat();
    let other = lines(&[Record::Header(Header { version: 2, ..header(false) })]).concat();
    let deletion = lines(&[deleted("m")]).concat();
    let cases: [(&str, Vec<u8>); 5] = [
        ("broken", [&head, &b"{\"ack\":\n"[..], &deletion].concat()),
        ("unknown kind", [&head, &b"{\"sent\":{}}\n"[..], &deletion].concat()),
        ("no header", [&b"\n"[..], &deletion].concat()),
        ("two headers", [&head[..], &head].concat()),
        ("newer", other),
    ];
    let told = cases.map(|(name, bytes)| format!("{name}: {}", replay_bytes(&bytes).unwrap_err()));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn damage_is_told_and_makes_nothing_deletable() {
    let state = replay(false, &[ack("a", 1), intent("b", 1), deleted("b")]);
    assert!(deletable(&state).is_empty());
    let expected = [Anomaly::AckWithoutIntent("a".into()), Anomaly::DeletedWithoutCopy("b".into())];
    assert_eq!(state.anomalies(), expected);
}

/// What became of messages may follow the end of a run, and changes nothing of their standing.
#[test]
fn outcomes_follow_the_end_and_a_later_one_replaces_an_earlier_one() {
    let became = |outcome, ids: &[&'static str]| {
        let message_ids = ids.iter().map(|id| Cow::Borrowed(*id)).collect();
        Record::Became(Became { outcome, message_ids })
    };
    let counts = BTreeMap::from([(MessageOutcome::Written, 1), (MessageOutcome::CameBack, 1)]);
    let outcomes = Outcomes { at_ms: 7, counts, users: UserCounts::default() };
    let end = Record::End(End { outcome: Outcome::Success, counts: BTreeMap::new() });
    let mut records = vec![intent("a", 1), intent("b", 1), intent("c", 1)];
    records.extend([ack("a", 1), ack("b", 1), refused("c", 1), deleted("a"), end]);
    let before = replay(false, &records);
    assert!(before.sent().all(|sent| sent.became.is_none()) && before.outcomes().is_none());
    records.extend([
        became(MessageOutcome::Written, &["a", "b", "unheard-of"]),
        became(MessageOutcome::CameBack, &["b"]),
        Record::Outcomes(outcomes.clone()),
    ]);
    let state = replay(false, &records);
    let sent: Vec<_> = state.sent().map(|one| (one.message_id, one.sent_as, one.became)).collect();
    let expected = [
        ("a", "new-a", Some(MessageOutcome::Written)),
        ("b", "new-b", Some(MessageOutcome::CameBack)),
    ];
    assert_eq!(sent, expected);
    assert_eq!(state.outcomes(), Some(&outcomes));
    assert_eq!((state.counts(), state.end()), (before.counts(), before.end()));
    assert_eq!(state.standing("unheard-of"), None);
}
