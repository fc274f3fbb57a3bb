//! `--id PREFIX` over several waves: only who has seen all messages knows what a prefix names.

use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::Planted;

use super::kit::*;
use crate::faults::{Fault, always};
use crate::support::{Harness, Ran};

/// The id of a message: `abcd` begins the named ones, and the user's number ends all.
fn id(user: usize, named: &[usize]) -> String {
    let begins = if named.contains(&user) { "abcd" } else { "1111" };
    format!("{begins}{user:04}-0000-4000-8000-{user:012}")
}

/// So many messages, on a FIFO queue all of one group; those of `named` begin with `abcd`.
fn with_ids(suffix: &str, messages: usize, named: &[usize]) -> Harness {
    let harness = queues(suffix, SandboxOptions::empty());
    for user in 0..messages {
        let planted = Planted {
            body: sound(user),
            group_id: (suffix == FIFO).then(|| "one".to_owned()),
            message_id: Some(id(user, named)),
            ..Planted::default()
        };
        sqs(&harness).plant(&format!("recs-dlq{suffix}"), planted).expect("planted");
    }
    harness
}

/// With a queue that does not show at once what was released, as one of AWS may: else the sandbox
/// would give out its oldest messages again and again, and no wave would see the others.
fn slow_to_show(harness: &mut Harness) {
    behind(harness, always("ChangeMessageVisibilityBatch", Fault::Deny));
}

fn redrive<S: AsRef<str>>(harness: &Harness, args: &[S]) -> Ran {
    let args = args.iter().map(AsRef::as_ref);
    harness.run(["dlq", "redrive", "--output", "json"].into_iter().chain(args))
}

#[test]
fn a_prefix_that_the_third_wave_makes_ambiguous_moves_nothing() {
    for dry_run in [false, true] {
        let mut harness = with_ids(STANDARD, 60, &[0, 59]);
        slow_to_show(&mut harness);
        let more: &[&str] = if dry_run { &["--dry-run"] } else { &[] };
        let args: Vec<&str> =
            ["--hold", "20", "--id", "abcd"].iter().chain(more).copied().collect();
        redrive(&harness, &args).ended(7).says(id(0, &[0])).says(id(59, &[59]));
        assert!(bodies(&harness, "recs").is_empty(), "nothing moved");
        assert_eq!(bodies(&harness, "recs-dlq").len(), 60);
    }
}

#[test]
fn a_prefix_that_names_one_message_of_the_third_wave_moves_it() {
    let mut harness = with_ids(STANDARD, 60, &[59]);
    slow_to_show(&mut harness);
    let report = redrive(&harness, &["--hold", "20", "--id", "abcd"]).report();
    assert!(report["waves"].as_u64() >= Some(3), "{}", report["waves"]);
    assert_eq!((count(&report, "moved"), count(&report, "skipped")), (1, 59), "{report}");
    assert_eq!(bodies(&harness, "recs"), [sound(59)]);
    assert_eq!(bodies(&harness, "recs-dlq").len(), 59);
}

#[test]
fn one_of_the_first_wave_waits_until_all_were_seen_and_moves() {
    let mut harness = with_ids(STANDARD, 60, &[0]);
    slow_to_show(&mut harness);
    let report = redrive(&harness, &["--hold", "20", "--id", "abcd"]).report();
    assert_eq!((count(&report, "moved"), count(&report, "skipped")), (1, 59), "{report}");
    assert_eq!(bodies(&harness, "recs"), [sound(0)]);
}

/// Args that name so many messages whole, and the others by `abcd`.
fn all_by_name(messages: usize, named: &[usize]) -> Vec<String> {
    let whole = (0..messages).filter(|user| !named.contains(user)).map(|user| id(user, named));
    whole.chain(["abcd".to_owned()]).flat_map(|id| ["--id".to_owned(), id]).collect()
}

#[test]
fn fifo_moves_a_prefix_of_the_last_front() {
    let named = [29];
    let harness = with_ids(FIFO, 30, &named);
    let args = all_by_name(30, &named);
    let report = redrive(&harness, &args).ended(0).report();
    assert!(report["waves"].as_u64() >= Some(3), "{}", report["waves"]);
    let source = sqs(&harness).snapshot("recs.fifo").expect("there").messages;
    let order: Vec<String> = source.into_iter().map(|message| message.body).collect();
    assert_eq!(order, (0..30).map(sound).collect::<Vec<_>>(), "in their order");
}

#[test]
fn fifo_refuses_what_is_ambiguous_in_the_first_front() {
    let harness = with_ids(FIFO, 30, &[0, 9]);
    redrive(&harness, &["--id", "abcd"]).ended(7);
    assert!(bodies(&harness, "recs.fifo").is_empty(), "nothing moved");
    assert_eq!(in_flight(&harness, "recs-dlq.fifo"), 0);
}

/// What stands behind a front is seen only once the front has gone.
#[test]
fn fifo_stops_where_a_later_front_makes_a_prefix_ambiguous() {
    let named = [0, 25];
    let harness = with_ids(FIFO, 30, &named);
    let args = all_by_name(30, &named);
    let report = redrive(&harness, &args).ended(4).report();
    let stopped = report["stopped"].as_str().unwrap_or_default();
    assert!(stopped.contains("abcd"), "{report}");
    let (moved, left) = (bodies(&harness, "recs.fifo"), bodies(&harness, "recs-dlq.fifo"));
    assert_eq!(moved.len() + left.len(), 30, "each is in one place");
    assert!(left.contains(&sound(25)) && !moved.contains(&sound(25)), "the second one stays");
    assert_eq!(in_flight(&harness, "recs-dlq.fifo"), 0);
}
