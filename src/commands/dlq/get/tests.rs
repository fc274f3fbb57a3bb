//! Rendering of a whole message.

use std::collections::BTreeMap;

use reco_core::Id;
use reco_core::message::{Attribute, AttributeValue};

use super::*;
use crate::render::rows::sample;
use reco_ops::dlq::judge::{Body, Carried};

fn report(message: Option<Box<Row>>) -> GetReport {
    GetReport {
        queues: sample::queues(),
        basis: sample::basis(),
        id: "3333".to_owned(),
        scanned: 12,
        message,
        damaged: vec![],
        reach: Reach::default(),
        released: Released { released: 12, ..Released::default() },
        interrupted: false,
    }
}

fn partial() -> Box<Row> {
    let mut row = sample::rows().swap_remove(2);
    let text = |data_type: &str, text: &str| Attribute {
        data_type: data_type.to_owned(),
        value: AttributeValue::Text(text.to_owned()),
    };
    let attributes = BTreeMap::from([
        ("source".to_owned(), text("String", "batch\u{1b}[2J")),
        ("tries".to_owned(), text("Number", "3")),
    ]);
    let user_ids = (1_i64..=12).map(Id::from).collect();
    let body = Some(Body(r#"{"data":[[1,[10]],["\u001b[2J",["x"]]]}"#.to_owned()));
    row.carried = Some(Box::new(Carried { attributes, user_ids, body }));
    row
}

#[test]
fn a_whole_message_at_80_columns() {
    let text = report(Some(partial())).render(&sample::view(80));
    assert!(!text.contains('\u{1b}'), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_whole_message_at_140_columns() {
    let text = report(Some(partial())).render(&sample::view(140));
    assert!(text.lines().all(|line| line.chars().count() <= 140), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn json_has_body_and_text_under_the_names_of_the_expressions() {
    let json = serde_json::to_value(report(Some(partial()))).expect("JSON");
    let message = &json["message"];
    assert_eq!(message["body"]["data"][0], serde_json::json!([1, [10]]));
    assert!(message["body_text"].as_str().expect("text").starts_with("{\"data\""));
    assert_eq!(message["user_ids"].as_array().map(Vec::len), Some(12));
    assert_eq!(message["attributes"]["tries"], 3);
}

#[test]
fn what_is_not_found_is_nothing_to_do_if_all_was_seen() {
    assert_eq!(report(Some(partial())).outcome(), Outcome::Success);
    let none = report(None);
    assert_eq!(none.outcome(), Outcome::NothingToDo);
    assert!(none.render(&sample::view(80)).starts_with("no message 3333 in recs-dlq among 12"));
}
