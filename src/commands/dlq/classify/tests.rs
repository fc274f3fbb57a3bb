//! Rendering and outcome of a classification.

use reco_core::Time;
use reco_core::queue_lock::QueueLock;
use reco_core::room::{Bounce, Place};

use super::steps::Next;
use super::*;
use crate::render::rows::sample;

/// A table that has 20 WCU per second to spare.
fn room() -> Room {
    let table = Place { index: None, limit: 20.0, used: Some(0.0), throttled: false, writes: 1.0 };
    Room { places: vec![table], watchable: true, ..Room::default() }
}

fn report(messages: Vec<Box<Row>>) -> ClassifyReport {
    let mut classes = groups::group(&messages);
    let steps = advised(&mut classes, &room(), None);
    ClassifyReport {
        undecided: 0,
        missing: vec![],
        queues: sample::queues(),
        basis: Provenance { limits: vec!["facts are `none`".to_owned()], ..sample::basis() },
        narrowed: false,
        scanned: messages.len() as u64,
        reach: Reach { exhausted: true, ..Reach::default() },
        unfinished: vec![],
        held_by: None,
        locked_by: None,
        repeated: 0,
        wcu: messages.iter().map(|row| row.verdict.wcu).sum(),
        classes,
        log: None,
        steps,
        detailed: false,
        findings: vec![],
        released: Released { released: messages.len() as u64, ..Released::default() },
        messages,
        damaged: vec![],
        interrupted: false,
    }
}

fn advised(groups: &mut [Group], room: &Room, bounce: Option<&Bounce>) -> Vec<Step> {
    let complete = |args: &str| format!("recoctl {args}");
    let unused = |name: &str| name.to_owned();
    Advisor { room, bounce, complete: &complete, unused: &unused }.advise(groups)
}

/// Groups of every class, each of as many messages.
fn all_classes() -> Vec<Group> {
    let group = |class: Class| Group {
        class,
        messages: 40,
        users: 80,
        wcu: 80,
        oldest_age_s: Some(7_200),
        first_expiry_s: Some(300_000),
        reasons: vec![],
        more_reasons: 0,
        causes: vec![],
        action: class.action(),
        next: Next::default(),
    };
    Class::ALL.into_iter().map(group).collect()
}

#[test]
fn the_breakdown_fits_80_columns() {
    let text = report(sample::rows()).render(&sample::view(80));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_breakdown_at_140_columns() {
    insta::assert_snapshot!(report(sample::rows()).render(&sample::view(140)));
}

#[test]
fn json_has_every_message() {
    let mut value = serde_json::to_value(report(sample::rows())).expect("serialisable");
    assert_eq!(value["messages"].as_array().map(Vec::len), Some(4));
    value["messages"].as_array_mut().expect("a list").truncate(1);
    insta::assert_json_snapshot!(value);
}

#[test]
fn a_finding_outranks_success_but_not_an_interruption() {
    let found = ClassifyReport { findings: vec![Class::Malformed], ..report(sample::rows()) };
    assert_eq!(found.outcome(), Outcome::Findings);
    let cut_short = ClassifyReport { interrupted: true, ..found };
    assert_eq!(cut_short.outcome(), Outcome::Interrupted);
    assert_eq!(report(vec![]).outcome(), Outcome::Success, "an empty DLQ is a sound answer");
    let narrowed = ClassifyReport { narrowed: true, ..report(vec![]) };
    assert_eq!(narrowed.outcome(), Outcome::NothingToDo);
}

/// Renders a DLQ with every class.
fn every_class(width: Option<usize>, detailed: bool) -> String {
    let mut classes = all_classes();
    let steps = advised(&mut classes, &room(), None);
    let queues = Queues { in_flight_elsewhere: 0, approximate_messages: 360, ..sample::queues() };
    let basis = sample::basis();
    let report =
        ClassifyReport { classes, steps, detailed, queues, basis, scanned: 360, ..report(vec![]) };
    let mut view = sample::view(80);
    view.width = width;
    report.render(&view)
}

#[test]
fn every_class_fits_a_screen_of_80x24_with_the_most_urgent_step_first_and_all_steps_last() {
    let text = every_class(Some(80), false);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.lines().count() < 24, "{} lines:\n{text}", text.lines().count());
    insta::assert_snapshot!(text);
}

#[test]
fn every_class_at_140_columns_and_in_a_pipe() {
    insta::assert_snapshot!(every_class(Some(140), false));
    let piped = every_class(None, false);
    assert!(piped.lines().all(|line| line == line.trim_end()), "nothing is padded:\n{piped}");
    let steps = piped.lines().filter(|line| line.starts_with("  recoctl"));
    assert_eq!(steps.count(), 4, "a step is a line:\n{piped}");
}

#[test]
fn details_show_the_example_before_the_reason() {
    let detailed = ClassifyReport { detailed: true, ..report(sample::rows()) };
    let text = detailed.render(&sample::view(80));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_expires_within_a_day_comes_first() {
    let mut groups = all_classes();
    groups[2].first_expiry_s = Some(3_000);
    let steps = advised(&mut groups, &room(), None);
    assert_eq!(steps[0].classes[0], Class::Malformed);
    assert!(steps[0].why.ends_with("; expires in 50m"), "{}", steps[0].why);
    assert_eq!(steps[1].classes, [Class::Retryable]);
}

#[test]
fn who_likely_holds_messages_is_named() {
    let queues = Queues { in_flight_elsewhere: 407, approximate_messages: 0, ..sample::queues() };
    let holder = Holder {
        pid: 4_711,
        run_id: "2f7b1c9b".to_owned(),
        since: "2026-11-28T02:10:07.123Z".to_owned(),
        queue: "arn".to_owned(),
    };
    let held = ClassifyReport { queues, held_by: Some(holder), ..report(vec![]) };
    let text = held.render(&sample::view(140));
    assert!(text.contains("no message of recs-dlq is visible\n"), "{text}");
    let who = "407 messages in flight, likely held by run 2f7b1c9b (process 4711 of this machine, since 2026-11-28T02:10:07)";
    assert!(text.contains(who), "{text}");
    let since = Time::from_seconds(1_800_000_000);
    let lock = QueueLock::new("9c8d", "s", (Some("arn:aws:iam::1:user/jane"), "ops-2"), since);
    let held = ClassifyReport { held_by: None, locked_by: Some(lock), ..held };
    let text = held.render(&sample::view(200));
    let who = "likely held by a run on another machine: locked by arn:aws:iam::1:user/jane on ops-2 (run 9c8d) since 2027-01-15T08:00:00Z";
    assert!(text.contains(who), "{text}");
}

#[test]
fn no_advice_leaves_messages_where_the_alarm_rings() {
    for class in Class::ALL {
        let action = class.action();
        assert!(!action.contains("leave it"), "{class}: {action}");
    }
    let mut groups = all_classes();
    let steps = advised(&mut groups, &room(), None);
    let covered: usize = steps.iter().map(|step| step.classes.len()).sum();
    assert_eq!(covered, Class::ALL.len());
    let acts = |command: &str| {
        ["dlq redrive", "dlq purge", "backfill"].iter().any(|verb| command.contains(verb))
            && !command.contains("--dry-run")
    };
    for command in
        steps.iter().map(|step| &step.command).chain(groups.iter().map(|g| &g.next.command))
    {
        assert!(acts(command), "{command}");
    }
}

#[test]
fn every_next_command_is_one_that_parses() {
    use clap::Parser;
    let rooms = [room(), Room::default(), Room { watchable: true, ..Room::default() }];
    let bounce = Bounce { messages: 5, sent: 9, run_id: "r".to_owned(), rate: Some(50.0) };
    for (room, bounce) in rooms.iter().flat_map(|room| [(room, None), (room, Some(&bounce))]) {
        let mut groups = all_classes();
        let steps = advised(&mut groups, room, bounce);
        let nexts = groups.iter().map(|group| &group.next.command);
        for line in
            nexts.chain(steps.iter().map(|step| &step.command)).flat_map(|line| line.split(" && "))
        {
            let parsed = crate::cli::Cli::try_parse_from(line.split_whitespace());
            let error = parsed.err().map(|error| error.to_string()).unwrap_or_default();
            assert_eq!(error, "", "{line}");
        }
    }
}
