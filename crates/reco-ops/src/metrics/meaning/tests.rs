//! Synthetic series and their findings.

use super::*;
use crate::aws::{Series, Span};
use crate::metrics::plan::Live;

/// Ten minutes.
const SPAN: Span = Span { start: 0, end: 600, period: 60 };

fn row(measure: Measure, values: &[Option<f64>]) -> MeasureRow {
    let times = (0..).map(|at| at * 60);
    let points = times.zip(values).filter_map(|(time, value)| Some((time, (*value)?))).collect();
    MeasureRow::new(measure, &Series { points, incomplete: None }, &SPAN)
}

/// Returns a row with the same value in every minute.
fn flat(measure: Measure, value: f64) -> MeasureRow {
    row(measure, &[Some(value); 10])
}

/// Returns a row with a value in the first `minutes` minutes and no data after that.
fn burst(measure: Measure, minutes: usize, value: f64) -> MeasureRow {
    row(measure, &vec![Some(value); minutes])
}

fn section(subject: Subject, rows: Vec<MeasureRow>) -> Section {
    Section::new(subject, "x".to_owned(), None, rows)
}

fn said(sections: &[Section]) -> Vec<String> {
    let shown = |finding: &Finding| {
        let advice = finding.advice.as_deref().map(|advice| format!(": {advice}"));
        format!("{:?} {}{}", finding.level, finding.text, advice.unwrap_or_default())
    };
    meaning(sections, SPAN.period).iter().map(shown).collect()
}

fn of(subject: Subject, rows: Vec<MeasureRow>) -> String {
    said(&[section(subject, rows)]).remove(0)
}

#[test]
fn a_table_at_its_limit() {
    let mut consumed = vec![Some(1800.0); 10];
    consumed[3..6].fill(Some(5880.0));
    // Provisioned capacity is reported every five minutes.
    let mut provisioned = vec![None; 10];
    (provisioned[0], provisioned[5]) = (Some(100.0), Some(100.0));
    let rows = vec![
        row(Measure::ConsumedWcu, &consumed),
        row(Measure::ProvisionedWcu, &provisioned),
        burst(Measure::Throttled, 3, 401.0),
        burst(Measure::ThrottledProvisioned, 3, 401.0),
    ];
    assert_eq!(
        of(Subject::Table, rows),
        "Bad WCU at 98 % of provisioned for 3 of 10 minutes; 1,203 throttled writes (in 3 of 10 \
         minutes, 00:00 to 00:03 UTC, none for 7 min), all WriteProvisionedThroughput: raise the table's WCU, or write more slowly (lower --concurrency or --wcu in backfill, a lower --rate in dlq redrive)"
    );
}

#[test]
fn the_most_frequent_cause_decides_the_advice() {
    let rows = vec![
        flat(Measure::ConsumedWcu, 600.0),
        burst(Measure::Throttled, 2, 50.0),
        burst(Measure::ThrottledKeyRange, 2, 30.0),
        burst(Measure::ThrottledAccountLimit, 2, 20.0),
    ];
    let said = of(Subject::Table, rows);
    assert!(said.contains("60 WriteKeyRangeThroughput, 40 WriteAccountLimit"), "{said}");
    assert!(said.contains("spread the keys"), "{said}");
    let rows = vec![burst(Measure::Throttled, 1, 1.0)];
    let said = of(Subject::Index, rows);
    assert!(said.contains("1 throttled write (in 1 of 10 minutes, 00:00 to 00:01 UTC, none for 9 min), cause not reported"), "{said}");
}

#[test]
fn a_table_that_is_nearly_full_is_a_warning_and_one_that_is_not_is_none() {
    let with = |consumed: f64| {
        let rows = vec![flat(Measure::ConsumedWcu, consumed), flat(Measure::ProvisionedWcu, 100.0)];
        of(Subject::Table, rows)
    };
    assert_eq!(
        with(5400.0),
        "Warn no throttled writes, but WCU at 90 % of provisioned for 10 of 10 minutes: raise WCU \
         before writing more"
    );
    assert_eq!(with(3000.0), "Good no throttled writes; WCU peaked at 50 % of provisioned");
    let on_demand = vec![flat(Measure::ConsumedWcu, 72_000.0)];
    assert_eq!(of(Subject::Table, on_demand), "Good no throttled writes; 1,200 WCU/s at most");
}

#[test]
fn no_data_is_not_no_trouble() {
    let said = of(Subject::Table, vec![burst(Measure::ConsumedWcu, 0, 0.0)]);
    assert!(said.starts_with("Warn no data"), "{said}");
}

#[test]
fn errors_are_laid_at_the_door_of_throttled_writes_when_they_coincide() {
    let function = |minutes: std::ops::Range<usize>| {
        let mut errors = vec![Some(0.0); 10];
        errors[minutes].fill(Some(4.0));
        section(
            Subject::Function,
            vec![flat(Measure::Invocations, 20.0), row(Measure::Errors, &errors)],
        )
    };
    let table = section(Subject::Table, vec![burst(Measure::Throttled, 4, 9.0)]);
    let coinciding = said(&[function(1..4), table.clone()]);
    assert!(
        coinciding.iter().any(|said| said
            == "Bad 12 of 200 invocations failed (6 %, mostly while writes were throttled): raise the table's write capacity first"),
        "{coinciding:?}"
    );
    let apart = said(&[function(6..9), table]);
    assert!(
        apart.iter().any(|said| said.ends_with("(6 %): check the function's logs")),
        "{apart:?}"
    );
}

#[test]
fn a_throttled_function_explains_valid_messages_in_the_dlq() {
    let rows = vec![flat(Measure::Invocations, 10.0), burst(Measure::Throttles, 2, 3.0)];
    let said = of(Subject::Function, rows);
    assert!(
        said.starts_with(
            "Bad throttled 6 times (in 2 of 10 minutes, 00:00 to 00:02 UTC, none for 8 min)"
        ),
        "{said}"
    );
    assert!(said.contains("moves to the DLQ although it is valid"), "{said}");
    assert_eq!(
        of(Subject::Function, vec![flat(Measure::Invocations, 10.0)]),
        "Good 100 invocations, none failed, none throttled"
    );
}

#[test]
fn queues() {
    let growing: Vec<Option<f64>> = (0..10).map(|minute| Some(f64::from(minute) * 50.0)).collect();
    let behind = vec![row(Measure::Visible, &growing), flat(Measure::OldestAge, 1500.0)];
    assert!(
        of(Subject::Queue, behind)
            .starts_with("Bad falling behind: 450 messages waiting, the oldest for 25 minutes")
    );
    assert_eq!(
        of(Subject::Queue, vec![flat(Measure::Visible, 3.0), flat(Measure::OldestAge, 5.0)]),
        "Good keeping up: 3 messages waiting, 3 at most"
    );
    let dlq = of(Subject::Dlq, vec![row(Measure::Visible, &growing)]);
    assert!(dlq.starts_with("Bad 450 messages, 450 more than at the start"), "{dlq}");
    assert_eq!(of(Subject::Dlq, vec![flat(Measure::Visible, 0.0)]), "Good empty");
}

#[test]
fn what_a_queue_says_of_itself_outranks_late_metrics() {
    let live = Some(Live { visible: 7, in_flight: 1, delayed: 0 });
    let rows = vec![flat(Measure::Visible, 0.0)];
    let section = Section::new(Subject::Dlq, "x".to_owned(), live, rows);
    assert!(said(&[section])[0].starts_with("Bad 8 messages, 8 more"));
    let silent = Section::new(Subject::Dlq, "x".to_owned(), live, Vec::new());
    assert!(said(&[silent])[0].starts_with("Warn 8 messages; no history in CloudWatch"));
}

#[test]
fn the_worst_comes_first() {
    let good = section(Subject::Function, vec![flat(Measure::Invocations, 1.0)]);
    let bad = section(Subject::Table, vec![flat(Measure::Throttled, 1.0)]);
    let warn = section(Subject::Queue, Vec::new());
    let levels: Vec<Level> =
        meaning(&[good, warn, bad], 300).iter().map(|finding| finding.level).collect();
    assert_eq!(levels, [Level::Bad, Level::Warn, Level::Good]);
}

#[test]
fn a_queue_that_grows_or_is_full_is_not_green() {
    let growing: Vec<Option<f64>> = (0..10).map(|minute| Some(f64::from(minute) * 50.0)).collect();
    let with = |visible: &[Option<f64>], age| {
        of(Subject::Queue, vec![row(Measure::Visible, visible), flat(Measure::OldestAge, age)])
    };
    let young = with(&growing, 30.0);
    assert!(
        young.starts_with("Warn growing: 450 messages waiting, 450 more than at the start"),
        "{young}"
    );
    let waiting = with(&[Some(1_416.0); 10], 300.0);
    assert_eq!(
        waiting,
        "Warn working through a backlog: 1,416 messages waiting, the oldest for 5 minutes"
    );
    let busy = with(&[Some(1_416.0); 10], 5.0);
    assert_eq!(busy, "Good keeping up: 1,416 messages waiting, 1,416 at most");
    let live = Some(Live { visible: 10, in_flight: 119_990, delayed: 0 });
    let rows = vec![flat(Measure::Visible, 10.0), flat(Measure::OldestAge, 5.0)];
    let full = said(&[Section::new(Subject::Queue, "x".to_owned(), live, rows)]);
    assert!(
        full[0].starts_with("Bad full: 119,990 messages in flight of at most 120,000"),
        "{full:?}"
    );
    // A redrive that has just begun: CloudWatch has no age yet.
    let live = Some(Live { visible: 1_416, in_flight: 0, delayed: 0 });
    let rows = vec![flat(Measure::Visible, 0.0)];
    let begun = said(&[Section::new(Subject::Queue, "x".to_owned(), live, rows)]);
    assert!(begun[0].starts_with("Warn growing: 1,416 messages waiting"), "{begun:?}");
}

#[test]
fn it_is_said_when_something_happened() {
    let mut throttled = vec![None; 10];
    throttled[8..].fill(Some(3.0));
    let said = of(Subject::Table, vec![row(Measure::Throttled, &throttled)]);
    assert!(said.contains("(in 2 of 10 minutes, 00:08 to 00:10 UTC, still going on)"), "{said}");
}

#[test]
fn no_advice_contradicts_itself() {
    let rows = vec![flat(Measure::Invocations, 10.0), burst(Measure::Throttles, 2, 3.0)];
    let said = of(Subject::Function, rows);
    assert!(!(said.contains("raise") && said.contains("lower")), "{said}");
}
