//! How a redrive's report looks and ends.

use super::*;
use crate::commands::dlq::rows::sample;

fn report(messages: Vec<Record>, dry_run: bool) -> RedriveReport {
    let args = RedriveArgs {
        rate: "50".parse().ok(),
        select: crate::commands::dlq::select::SelectArgs::default(),
        max: None,
        plan: None,
        to: None,
        dry_run,
        yes: false,
        force: false,
        journal: None,
    };
    let ending = Ending {
        seen: messages.len() as u64,
        move_time: Duration::from_millis(20),
        time: Duration::from_millis(1_234),
        exhausted: true,
        ..Ending::default()
    };
    let released = Released { released: 2, unreleased: vec![] };
    RedriveReport::new((sample::queues(), sample::basis()), &args, messages, released, &ending)
}

fn mixed() -> Vec<Record> {
    let rows = sample::rows();
    let because = |reason: &str| reason.to_owned();
    vec![
        Record::moved(&rows[0], Fate::Moved { sent_as: because("new-1") }),
        Record::decided(&rows[1], &Decision::Skip),
        Record::decided(&rows[3], &Decision::Skip),
        Record::decided(&rows[2], &Decision::Unsendable(because("character U+0000 at byte 7"))),
        Record::moved(&rows[2], Fate::Uncertain { reason: because("the answer was lost") }),
        Record::moved(
            &rows[0],
            Fate::NotDeleted { sent_as: because("new-2"), reason: because("handle lapsed") },
        ),
        Record::moved(&rows[0], Fate::Left { reason: because("stopped by a signal") }),
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
        Record::decided(&rows[0], &Decision::Move),
        Record::decided(&rows[1], &Decision::Skip),
        Record::decided(&rows[0], &Decision::BeyondMax),
    ];
    insta::assert_snapshot!(report(records, true).render(&sample::view(140)));
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
    let moved = || Record::moved(&rows[0], Fate::Moved { sent_as: "n".to_owned() });
    let failed = || Record::moved(&rows[0], Fate::Failed { reason: "no".to_owned() });
    let skipped = || Record::decided(&rows[1], &Decision::Skip);
    let outcome = |records| report(records, false).outcome();
    assert_eq!(outcome(vec![moved(), skipped()]), Outcome::Success);
    assert_eq!(outcome(vec![moved(), failed()]), Outcome::Partial);
    assert_eq!(outcome(vec![failed()]), Outcome::Failed);
    assert_eq!(outcome(vec![skipped()]), Outcome::NothingToDo);
}
