//! Rendering and outcome of a redrive report.

use std::collections::BTreeMap;
use std::sync::Arc;

use reco_core::classify::Class;
use reco_core::journal::Digest;
use reco_core::run_by::RunBy;

use super::*;
use crate::render::rows::sample;
use reco_ops::aws::sqs::Queue;
use reco_ops::dlq::journal::Sign;
use reco_ops::dlq::judge::Row;
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::redrive::report::{Engine, NextLine, Record};
use reco_ops::dlq::redrive::{Bounces, Decision};
use reco_ops::dlq::waves::Waves;
use reco_ops::sqs::{Destination, Released, SendOutcome};

fn report(messages: Vec<Record>, dry_run: bool) -> RedriveReport {
    let reach = Reach { exhausted: true, ..Reach::default() };
    let waves = Waves { seen: messages.len() as u64, reach, ..Waves::default() };
    let report = RedriveReport {
        queues: sample::queues(),
        basis: sample::basis(),
        engine: Engine::client("a dry run lists each message"),
        dry_run,
        rate_limit: Some(50.0),
        rate: (!dry_run).then_some(50.0),
        duration_s: 1.234,
        released: Released { released: 2, ..Released::default() },
        journal_is_kept: !dry_run,
        by: RunBy {
            who: Some("arn:aws:sts::1:assumed-role/ops/jane".to_owned()),
            host: Some("ops-1".to_owned()),
            reason: Some("INC-4711".to_owned()),
        },
        ..RedriveReport::default()
    };
    report.with(waves, messages)
}

fn to() -> Arc<Destination> {
    let (name, url, arn) = ("recs".to_owned(), String::new(), String::new());
    let queue = Queue { name, url, arn, fifo: false };
    Arc::new(Destination { number: 0, queue, limit: 1_000, stamp: None })
}

/// Returns the record of a message with this outcome.
fn settled(row: &Row, outcome: SendOutcome) -> Record {
    let mut record = Record::decided(row, &Decision::Move(to()), None);
    record.is_settled(outcome);
    record
}

fn mixed() -> Vec<Record> {
    let rows = sample::rows();
    let because = |reason: &str| reason.to_owned();
    vec![
        settled(&rows[0], SendOutcome::Sent { sent_as: because("new-1"), perhaps_twice: true }),
        Record::decided(&rows[1], &Decision::Skip, None),
        Record::decided(&rows[3], &Decision::Skip, None),
        Record::decided(
            &rows[2],
            &Decision::Unsendable(because("character U+0000 at byte 7")),
            None,
        ),
        settled(&rows[2], SendOutcome::Uncertain { reason: because("the answer was lost") }),
        settled(
            &rows[0],
            SendOutcome::NotDeleted { sent_as: because("new-2"), reason: because("handle lapsed") },
        ),
        settled(&rows[0], SendOutcome::Left { reason: because("stopped by a signal") }),
    ]
}

#[test]
fn every_category_is_named_with_its_messages() {
    insta::assert_snapshot!(report(mixed(), false).render(&sample::view(80)));
}

#[test]
fn a_dry_run_says_so() {
    let rows = sample::rows();
    let records = vec![
        Record::decided(&rows[0], &Decision::Move(to()), None),
        Record::decided(&rows[1], &Decision::Skip, None),
        Record::decided(&rows[0], &Decision::BeyondMax, None),
    ];
    insta::assert_snapshot!(report(records, true).render(&sample::view(140)));
}

/// Returns the report of a run that tells what to do next.
fn with_next() -> RedriveReport {
    let line =
        |command: &str, why: &str| NextLine { command: command.to_owned(), why: why.to_owned() };
    RedriveReport {
        next: vec![
            line("recoctl metrics --since 15m", "1,416 messages still wait in recs"),
            line(
                "recoctl dlq redrive --rate 2.5 --max-throttles 10/min",
                "572 of 2,000 of the last run came back; the table has 20/s to spare: about 4 min",
            ),
        ],
        ..report(mixed(), false)
    }
}

#[test]
fn what_to_do_next_is_last() {
    for width in [80, 140] {
        let text = with_next().render(&sample::view(width));
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        insta::assert_snapshot!(format!("next_at_{width}"), text);
    }
}

#[test]
fn json_counts_add_up() {
    let report = report(mixed(), false);
    assert_eq!(report.counts.values().sum::<u64>(), report.seen);
    insta::assert_json_snapshot!(report);
}

#[test]
fn outcomes() {
    let rows = sample::rows();
    let moved =
        || settled(&rows[0], SendOutcome::Sent { sent_as: "n".to_owned(), perhaps_twice: false });
    let failed = || settled(&rows[0], SendOutcome::Failed { reason: "no".to_owned() });
    let skipped = || Record::decided(&rows[1], &Decision::Skip, None);
    let outcome = |records| report(records, false).outcome();
    assert_eq!(outcome(vec![moved(), skipped()]), Outcome::Success);
    assert_eq!(outcome(vec![moved(), failed()]), Outcome::Partial);
    assert_eq!(outcome(vec![failed()]), Outcome::Failed);
    // Something was done, or may have been: that is not "nothing could be done".
    let (sent_as, reason) = ("n".to_owned(), "denied".to_owned());
    let not_deleted = SendOutcome::NotDeleted { sent_as, reason };
    assert_eq!(outcome(vec![settled(&rows[0], not_deleted)]), Outcome::Partial);
    let uncertain = SendOutcome::Uncertain { reason: "lost".to_owned() };
    assert_eq!(outcome(vec![settled(&rows[0], uncertain)]), Outcome::Partial);
    assert_eq!(outcome(vec![Record::already_sent(&rows[0])]), Outcome::Success);
    assert_eq!(outcome(vec![skipped()]), Outcome::NothingToDo);
}

/// Returns the report of a run that its guards paused and that stopped because of bounced messages.
fn guarded() -> RedriveReport {
    let bounces = Bounces::new("20%".parse().expect("a limit"));
    for number in 0..20 {
        let (id, sent_as) = (format!("old-{number}"), format!("new-{number:02}"));
        bounces.sent(&id, &sent_as, &Digest::of("body", &BTreeMap::new()));
    }
    for number in 0..12 {
        let class = if number < 10 { Class::Malformed } else { Class::Partial };
        bounces.came_back(&format!("new-{number:02}"), Sign::CameBack, Some(class));
    }
    let stopped = bounces.verdict();
    let pauses = Pauses { pauses: 2, paused_s: 61.5 };
    let guards =
        [(Guard::MaxBacklog, pauses), (Guard::MaxThrottles, Pauses { pauses: 0, paused_s: 0.0 })];
    let report = report(mixed(), false);
    RedriveReport { stopped, guards: guards.into(), bounces: bounces.summary(), ..report }
}

#[test]
fn what_the_guards_did_is_told() {
    insta::assert_snapshot!(guards(&guarded()));
}

#[test]
fn only_an_interruption_outranks_what_came_back() {
    let report = guarded();
    assert_eq!(report.outcome(), Outcome::Bounced);
    assert_eq!(RedriveReport { interrupted: true, ..report }.outcome(), Outcome::Interrupted);
}

/// A redrive keeps one row for every received message until its report.
#[test]
fn a_record_is_small() {
    assert!(size_of::<Record>() <= 80, "{} bytes", size_of::<Record>());
}
