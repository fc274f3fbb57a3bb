//! Detection of messages that come back, and the limit for them.

use reco_core::classify::{Action, Classification};

use super::*;

fn message(id: &str, body: &str, sent_at_ms: i64) -> Message {
    Message {
        id: id.to_owned(),
        body: body.to_owned(),
        system: [("SentTimestamp".to_owned(), sent_at_ms.to_string())].into(),
        ..Message::default()
    }
}

fn digest(body: &str) -> Digest {
    Digest::of(body, &BTreeMap::new())
}

/// Record of a run that sent `sent` messages, of which `back` came back.
fn after(limit: &str, sent: u64, back: u64) -> Bounces {
    let bounces = Bounces::new(limit.parse().expect("a limit"));
    for number in 0..sent {
        bounces.sent(&format!("old-{number}"), &format!("new-{number}"), &digest("body"));
    }
    for number in 0..back {
        bounces.came_back(&format!("new-{number}"), Sign::CameBack, Some(Class::Malformed));
    }
    bounces
}

fn redriven(id: &str) -> Row {
    let verdict = Classification {
        class: Class::Retryable,
        reasons: vec![],
        action: Action(Class::Retryable),
        shape: None,
        envelopes: Box::default(),
        users: 0,
        writable: 0,
        bad: 0,
        kept_articles: 0,
        dropped_articles: None,
        wcu: 0,
    };
    let redriven = Redriven {
        run_id: "earlier".to_owned(),
        run_started_at: String::new(),
        sign: Sign::CameBack,
    };
    Row { redriven: Some(Box::new(redriven)), ..Row::for_tests(id, verdict, 0) }
}

#[test]
fn limits_as_people_write_them() {
    let percent = |text: &str| text.parse::<Limit>().map(Limit::percent);
    assert_eq!(percent("5%"), Ok(Some(5.0)));
    assert_eq!(percent("0.5"), Ok(Some(0.5)));
    assert_eq!(percent("off"), Ok(None));
    assert_eq!(Limit::default().percent(), Some(20.0));
    for wrong in ["0", "101%", "-1", "NaN", "", "%", "never"] {
        assert!(percent(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_share_is_judged_from_twenty_sent_messages_on() {
    assert_eq!(after("20%", 19, 19).verdict(), None);
    assert_eq!(after("20%", 20, 3).verdict(), None);
    let bounces = after("20%", 20, 4);
    assert!(!bounces.summary().stopped);
    assert!(bounces.verdict().is_some_and(|reason| reason.contains("(20 %, ")));
    assert!(bounces.summary().stopped);
    assert_eq!(after("off", 20, 20).verdict(), None);
    assert_eq!(after("100%", 20, 19).verdict(), None);
}

#[test]
fn a_message_that_is_counted_twice_came_back_once() {
    let bounces = after("20%", 20, 3);
    bounces.came_back("new-0", Sign::CameBack, None);
    assert_eq!(bounces.summary().bounced, 3);
}

#[test]
fn messages_are_known_by_id_or_by_content_and_time() {
    let bounces = Bounces::new(Limit::default());
    let (before, later) = (bounces.began_ms - 1, bounces.began_ms + 1);
    bounces.sent("old", "new", &digest("body"));
    assert_eq!(bounces.recognise(&message("new", "body", later)), Some(Sign::CameBack));
    assert_eq!(bounces.recognise(&message("else", "body", later)), Some(Sign::SameContent));
    assert_eq!(bounces.recognise(&message("twin", "body", before)), None, "it was there before");
    assert_eq!(bounces.recognise(&message("old", "body", before)), None, "it is still here");
    assert_eq!(bounces.recognise(&message("else", "other", later)), None);
}

#[test]
fn what_an_earlier_run_sent_counts_only_when_it_comes_back_during_this_one() {
    let bounces = after("20%", 20, 0);
    let (old, new) = (redriven("was-here"), redriven("came-now"));
    bounces.found(&old);
    assert!(!bounces.came_back_from(&old) && bounces.came_back_from(&new));
    let summary = bounces.summary();
    assert_eq!((summary.bounced, summary.sent), (1, 20));
    assert_eq!(summary.percent, Some(4.8), "1 of 21");
    assert_eq!(summary.by_class, [(Class::Retryable, 1)].into());
    assert_eq!(summary.messages[0].run_id.as_deref(), Some("earlier"));
}
