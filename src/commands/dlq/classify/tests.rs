//! Rendering and outcome of a classification.

use reco_core::Time;
use reco_core::cause::{Cause, Recorded, Unknown};
use reco_core::queue_lock::QueueLock;
use reco_core::room::{Bounce, Place};

use super::steps::Next;
use super::*;
use crate::render::rows::sample;

const NOW_MS: i64 = 1_700_000_000_000;

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

fn advised(groups: &mut [ClassGroup], room: &Room, bounce: Option<&Bounce>) -> Vec<AdvisedStep> {
    let complete = |args: &str| format!("recoctl {args}");
    let unused = |name: &str| name.to_owned();
    let (waits, now_ms) = (true, NOW_MS);
    Advisor { room, bounce, complete: &complete, unused: &unused, waits, now_ms }.advise(groups)
}

/// Groups of every class, each of as many messages.
fn all_classes() -> Vec<ClassGroup> {
    let group = |class: Class| ClassGroup {
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
    Class::ALL.iter().copied().map(group).collect()
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

/// Reports on a DLQ of these classes.
fn report_of(mut classes: Vec<ClassGroup>) -> ClassifyReport {
    let steps = advised(&mut classes, &room(), None);
    let queues = Queues { in_flight_elsewhere: 0, approximate_messages: 360, ..sample::queues() };
    let basis = sample::basis();
    ClassifyReport { classes, steps, queues, basis, scanned: 360, ..report(vec![]) }
}

/// Renders a DLQ with every class.
fn every_class(width: Option<usize>) -> String {
    report_of(all_classes()).render(&View { width, ..sample::view(80) })
}

#[test]
fn every_class_fits_a_screen_of_80x24_with_the_most_urgent_step_first_and_all_steps_last() {
    let text = every_class(Some(80));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.lines().count() < 24, "{} lines:\n{text}", text.lines().count());
    insta::assert_snapshot!(text);
}

#[test]
fn every_class_at_140_columns_and_in_a_pipe() {
    insta::assert_snapshot!(every_class(Some(140)));
    let piped = every_class(None);
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
    for class in Class::ALL.iter().copied() {
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

/// Messages of the DLQ by what the log says ended them, this many minutes ago.
fn ended_by(cause: Cause, ago_min: i64) -> Vec<ClassGroup> {
    let at_ms = NOW_MS - ago_min * 60_000;
    let count = causes::CauseCount {
        cause: Some(cause.name()),
        not_known: None,
        text: cause.words(),
        messages: 28,
        later_unknown: 0,
        first_at_ms: Some(at_ms),
        last_at_ms: Some(at_ms),
        example: "ec5162f6-1f2e-4bd8-b6a1-000000000000".to_owned(),
        recorded: Recorded::Cause(cause),
    };
    let mut groups = all_classes();
    for group in &mut groups {
        if group.class == Class::Retryable {
            group.causes = vec![count.clone()];
        }
    }
    groups
}

/// The commands of the classes that can be written, with the reason.
fn lines(mut groups: Vec<ClassGroup>) -> Vec<(Vec<Class>, String, String)> {
    let steps = advised(&mut groups, &room(), None);
    let written = steps.into_iter().filter(|step| !step.classes.contains(&Class::Malformed));
    written.map(|step| (step.classes, step.command, step.why)).collect()
}

#[test]
fn throttled_writes_that_are_over_are_redriven_at_a_rate() {
    let lines = lines(ended_by(Cause::ThrottledWrites { by: Vec::new() }, 60));
    assert_eq!(lines[0].0, [Class::Retryable]);
    assert!(lines[0].1.starts_with("recoctl dlq redrive --rate "), "{lines:?}");
    assert!(!lines[0].1.contains("--canary"), "{lines:?}");
    assert!(lines[0].2.contains("28 of 40: throttled writes, the last at "), "{lines:?}");
}

#[test]
fn what_still_goes_on_is_looked_at_once_instead_of_moving_any_message() {
    let index =
        "IndexWriteProvisionedThroughputExceeded arn:aws:dynamodb:r:1:table/recs/index/by-time";
    let facts = |stage: &str| Cause::Facts { stage: stage.to_owned(), error: None };
    for (cause, command, said) in [
        (
            Cause::ThrottledWrites { by: vec![index.to_owned()] },
            "recoctl metrics --since 15m",
            "raise the write capacity of index by-time of table recs, or wait",
        ),
        (facts("timeout"), "recoctl facts check", "the last 2m ago"),
        (facts("auth"), "recoctl facts check", "a login that works"),
    ] {
        // A login that the function lacks is none that writing without it needs.
        let login = cause == facts("auth");
        let lines = lines(ended_by(cause, 2));
        assert_eq!(lines.len(), if login { 2 } else { 1 }, "{lines:?}");
        let held = [Class::Retryable, Class::Partial, Class::Oversize];
        assert_eq!(lines[0].0, held[..if login { 2 } else { 3 }]);
        assert_eq!(lines[0].1, command);
        assert!(lines[0].2.contains(said), "{lines:?}");
    }
    // Writing without the function does not wait for the function.
    let lines = lines(ended_by(Cause::FunctionTimeout, 2));
    let of = |class: Class| lines.iter().find(|line| line.0.contains(&class)).expect("a line");
    assert_eq!(of(Class::Partial).1, "recoctl metrics --since 15m");
    assert!(of(Class::Partial).2.contains("the function's duration beside its timeout"));
    assert!(of(Class::Oversize).1.contains("backfill"), "{lines:?}");
}

#[test]
fn what_expires_before_it_is_over_is_saved_first() {
    let mut groups = ended_by(Cause::ThrottledWrites { by: Vec::new() }, 2);
    for group in &mut groups {
        group.first_expiry_s = (group.class == Class::Retryable).then_some(600);
    }
    let lines = lines(groups);
    assert_eq!(
        lines[0].1,
        "recoctl dlq export retryable.jsonl --class retryable && recoctl metrics --since 15m"
    );
    assert!(lines[0].2.starts_with("saves them first; "), "{lines:?}");
    assert!(lines[0].2.ends_with("expires in 10m"), "{lines:?}");
}

#[test]
fn where_it_is_not_certain_to_be_over_a_few_go_first() {
    let lines = lines(ended_by(Cause::FunctionTimeout, 60));
    assert!(lines[0].1.ends_with(" --canary 1,10,100"), "{lines:?}");
    assert!(lines[0].2.contains("beside its timeout") && lines[0].2.contains("28 of 40"));
    assert!(!lines[1].1.contains("--canary"), "of another class: {lines:?}");
}

/// A DLQ of every class whose messages ended by several causes, an hour ago.
fn with_causes(columns: usize) -> String {
    let table =
        "TableWriteProvisionedThroughputExceeded arn:aws:dynamodb:r:1:table/recommendations";
    let throttled = Cause::ThrottledWrites { by: vec![table.to_owned()] };
    let mut classes = ended_by(throttled, 60);
    let timeout = ended_by(Cause::FunctionTimeout, 60).remove(0).causes.remove(0);
    let silent = Recorded::Unknown(Unknown::FunctionThrottled { throttles: 3 });
    let not_known = causes::CauseCount {
        cause: None,
        not_known: Some("function-throttled"),
        text: Unknown::FunctionThrottled { throttles: 3 }.summary(),
        messages: 4,
        first_at_ms: None,
        last_at_ms: None,
        recorded: silent,
        ..timeout.clone()
    };
    let timeout = causes::CauseCount { messages: 8, ..timeout };
    for group in &mut classes {
        match group.class {
            Class::Retryable => group.causes.extend([timeout.clone(), not_known.clone()]),
            Class::Partial => group.causes = vec![not_known.clone()],
            _ => {}
        }
    }
    let log = LogRead {
        group: Some("/aws/lambda/recs-writer".to_owned()),
        since_ms: 0,
        calls: 9,
        lines: 300,
        problem: None,
    };
    ClassifyReport { log: Some(log), ..report_of(classes) }.render(&sample::view(columns))
}

#[test]
fn recorded_causes_fit_80_columns() {
    let text = with_causes(80);
    let commands = |line: &&str| line.starts_with("  recoctl ");
    let lines = text.lines().filter(|line| !commands(line));
    assert!(lines.clone().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn recorded_causes_at_140_columns() {
    insta::assert_snapshot!(with_causes(140));
}
