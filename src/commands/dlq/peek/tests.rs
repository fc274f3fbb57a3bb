//! Rendering of peek reports.

use super::*;
use crate::render::rows::sample;
use reco_ops::dlq::judge::{Body, Carried};

fn report(messages: Vec<Box<Row>>) -> PeekReport {
    PeekReport {
        queues: sample::queues(),
        basis: sample::basis(),
        wanted: None,
        in_full: messages
            .first()
            .map(|row| format!("recoctl dlq get {}", rows::short(&row.message_id))),
        undecided: 0,
        missing: vec![],
        scanned: messages.len() as u64,
        released: Released { released: messages.len() as u64, ..Released::default() },
        messages,
        damaged: vec![],
        reach: Reach::default(),
        repeated: 0,
        held_by: None,
        locked_by: None,
        unfinished: vec![],
        interrupted: false,
    }
}

#[test]
fn ids_are_whole_and_the_reason_is_cut_at_80_columns() {
    let text = report(sample::rows()).render(&sample::view(80));
    let table = text.lines().take_while(|line| !line.is_empty());
    assert!(table.into_iter().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_size_is_shown_at_140_columns() {
    let text = report(sample::rows()).render(&sample::view(140));
    assert!(text.lines().all(|line| line.chars().count() <= 140), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn sources_are_shown_where_there_is_room_or_where_they_differ() {
    let from = |queue: &str| Some(format!("arn:aws:sqs:us-east-1:000000000000:{queue}").into());
    let one = || {
        let mut rows = sample::rows();
        rows.iter_mut().for_each(|row| row.source = from("recs"));
        rows
    };
    let header = |rows: Vec<Box<Row>>, width| {
        let text = report(rows).render(&sample::view(width));
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert!(header(one(), 140).contains("SOURCE"));
    assert!(!header(one(), 80).contains("SOURCE"));
    let mut several = one();
    several[1].source = from("recs-b");
    several[2].source = None;
    assert!(header(several.clone(), 80).contains("SOURCE"));
    insta::assert_snapshot!(report(several).render(&sample::view(120)));
}

#[test]
fn bodies_are_laid_out_and_harmless() {
    let bodies = ["{\"data\":[[1,[10,11]]],\"x\":123456789012345678901}", "\u{1b}[31mred\u{202e}"];
    let mut messages = sample::rows();
    messages.truncate(bodies.len());
    for (row, body) in messages.iter_mut().zip(bodies) {
        let (attributes, body) = (Default::default(), Some(Body(body.to_owned())));
        row.carried = Some(Box::new(Carried { attributes, user_ids: vec![], body }));
    }
    let text = PeekReport { in_full: None, ..report(messages) }.render(&sample::view(80));
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    insta::assert_snapshot!(text);
}

#[test]
fn json_has_what_the_table_cuts() {
    insta::assert_json_snapshot!(report(sample::rows()));
}

#[test]
fn outcomes() {
    assert_eq!(report(sample::rows()).outcome(), Outcome::Success);
    assert_eq!(report(vec![]).outcome(), Outcome::Success, "an empty DLQ is a sound answer");
    let asked = |scanned| {
        PeekReport { wanted: Some("malformed".to_owned()), scanned, ..report(vec![]) }.outcome()
    };
    assert_eq!([asked(0), asked(5)], [Outcome::NothingToDo; 2]);
    let missing = PeekReport { missing: vec!["m".to_owned()], ..report(vec![]) };
    assert_eq!(
        PeekReport { wanted: Some("matching".to_owned()), ..missing }.outcome(),
        Outcome::NothingToDo
    );
    let interrupted = PeekReport { interrupted: true, ..report(sample::rows()) };
    assert_eq!(interrupted.outcome(), Outcome::Interrupted);
    let text = str::to_owned;
    let damaged = Damaged { message_id: text("m"), receipt_handle: text("h"), reason: text("r") };
    let partial = PeekReport { damaged: vec![damaged], scanned: 5, ..report(sample::rows()) };
    assert_eq!(partial.outcome(), Outcome::Partial);
}
