use super::*;
use crate::load::verdict::verdict;
use crate::ui::Palette;
use reco_ops::aws::{Series, Span};
use reco_ops::metrics::plan::{Measure, Subject};
use reco_ops::metrics::report::{MeasureRow, Section};

const SPAN: Span = Span { start: 1_700_000_000, end: 1_700_000_030, period: 1 };

fn row(measure: Measure, value: impl Fn(i64) -> f64) -> MeasureRow {
    let points = (0..30).map(|second| (SPAN.start + second, value(second))).collect();
    MeasureRow::new(measure, &Series { points, incomplete: None }, &SPAN)
}

/// Returns the report on a queue that is filled in 5 s and drained by a table of 500 WCU.
fn report() -> LoadReport {
    let depth = |second: i64| (second.min(5) * 60 - (second - 5).max(0) * 10).max(0) as f64;
    let parameters = LoadParameters {
        users: 15_000,
        wcu: Some(500.0),
        concurrency: 4,
        batch_size: 10,
        per_message: 50,
        list: 100,
        reads: 20,
        timeout_s: 30,
        processors: 4,
        ..LoadParameters::default()
    };
    let measured = LoadMeasures {
        elapsed_s: 29.4,
        sending_s: 5.1,
        sent: 15_000,
        written: 14_900,
        skipped: 100,
        backlog_max: 300,
        invocations: 30,
        duration_ms: 3_900.0,
        facts_ms: 48.0,
        write_ms: 3_800.0,
        slots_busy: 0.99,
        wcu: 14_900.0,
        throttled: 9_876,
        machine_busy: Some(0.16),
        ..LoadMeasures::default()
    };
    let section = |subject, name: &str, rows| Section::new(subject, name.to_owned(), None, rows);
    LoadReport {
        ended: LoadEnd::Drained,
        verdict: verdict(&parameters, &measured),
        parameters,
        measured,
        start: SPAN.start,
        end: SPAN.end,
        period_s: 1,
        sections: vec![
            section(Subject::Queue, "recs", vec![row(Measure::Visible, depth)]),
            section(
                Subject::Function,
                "recs-writer",
                vec![
                    row(Measure::DurationMean, |_| 3_900.0),
                    row(Measure::FactsMean, |_| 48.0),
                    row(Measure::WriteMean, |_| 3_800.0),
                    row(Measure::Written, |second| if second == 0 { 900.0 } else { 500.0 }),
                ],
            ),
            section(
                Subject::Table,
                "recommendations",
                vec![
                    row(Measure::ConsumedWcu, |_| 500.0),
                    row(Measure::Throttled, |second| if second < 5 { 0.0 } else { 329.0 }),
                ],
            ),
        ],
    }
}

fn rendered(width: usize) -> String {
    report().render(&View { width: Some(width), palette: Palette::new(false) })
}

#[test]
fn a_table_that_is_full_at_80_columns() {
    insta::assert_snapshot!(rendered(80));
}

#[test]
fn a_table_that_is_full_at_140_columns() {
    insta::assert_snapshot!(rendered(140));
}

#[test]
fn json_has_parameters_measures_verdict_and_points() {
    let mut report = report();
    for row in report.sections.iter_mut().flat_map(|section| &mut section.rows) {
        row.points.truncate(2);
    }
    insta::assert_json_snapshot!(report);
}

#[test]
fn an_interrupted_run_says_so_by_its_exit_code() {
    let report = LoadReport { ended: LoadEnd::Interrupted, ..report() };
    assert_eq!(report.outcome(), Outcome::Interrupted);
    assert!(
        report.render(&View { width: None, palette: Palette::new(false) }).contains("interrupted")
    );
}
