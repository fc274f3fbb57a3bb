//! Rendering and outcome of a classification.

use super::*;
use crate::render::rows::sample;

fn report(messages: Vec<Box<Row>>) -> ClassifyReport {
    let next = |class: Class| format!("recoctl {}", next_command(class));
    ClassifyReport {
        undecided: 0,
        missing: vec![],
        queues: sample::queues(),
        basis: Provenance { limits: vec!["facts are `none`".to_owned()], ..sample::basis() },
        narrowed: false,
        scanned: messages.len() as u64,
        reach: Reach { exhausted: true, ..Reach::default() },
        unfinished: vec![],
        repeated: 0,
        wcu: messages.iter().map(|row| row.verdict.wcu).sum(),
        classes: groups::group(&messages, next),
        findings: vec![],
        released: Released { released: messages.len() as u64, ..Released::default() },
        messages,
        damaged: vec![],
        interrupted: false,
    }
}

#[test]
fn the_breakdown_fits_80_columns() {
    let text = report(sample::rows()).render(&sample::view(80));
    let fits = |line: &str| line.chars().count() <= 80 || line.starts_with("  next: ");
    assert!(text.lines().all(fits), "{text}");
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

#[test]
fn every_next_command_is_one_that_parses() {
    use clap::Parser;
    for class in Class::ALL {
        let line = format!("recoctl {}", next_command(class));
        let parsed = crate::cli::Cli::try_parse_from(line.split_whitespace());
        assert!(
            parsed.is_ok(),
            "{line}: {}",
            parsed.err().map(|e| e.to_string()).unwrap_or_default()
        );
    }
}
