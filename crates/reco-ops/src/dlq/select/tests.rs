use reco_core::message::Message;

use super::*;
use crate::dlq::judge::sample;
use crate::dlq::scan::Found;
use crate::error::Kind;
use crate::files::spool::Spool;

fn any() -> Matcher {
    Matcher {
        classes: Classes::Any,
        ids: None,
        sources: None,
        older_than_s: None,
        newer_than_s: None,
        users: None,
        query: None,
    }
}

fn found(spool: &Spool, id: &str, body: &str, age_s: i64) -> Found {
    let message = Message { id: id.to_owned(), body: body.to_owned(), ..Message::default() };
    let slot = spool.put(&message).expect("spooled");
    Found { row: Box::new(sample::row(id, body, age_s, 60)), slot: Some(slot) }
}

async fn query(text: &str) -> Option<Query> {
    let cancel = tokio_util::sync::CancellationToken::new();
    Some(Query::compile(text, &crate::jq::Child::for_tests(), &cancel).await.expect("it compiles"))
}

async fn chosen(matcher: &Matcher) -> Vec<String> {
    let spool = Spool::new().expect("a spool");
    let mut outdated = found(&spool, "outdated", "[4, [10]]", 100);
    outdated.row.verdict.mark_superseded();
    let all = [
        found(&spool, "young", "[1, [10]]", 50),
        found(&spool, "old", "[2, [10]]", 7_200),
        found(&spool, "broken", "{", 7_200),
        outdated,
    ];
    let matches = matcher.decide_all(&all, Some(&spool)).await.expect("decided");
    let pairs = all.iter().zip(matches).filter(|(_, decided)| *decided == Match::Yes);
    pairs.map(|(found, _)| found.row.message_id.clone()).collect()
}

#[tokio::test]
async fn every_condition_must_hold() {
    assert_eq!(chosen(&any()).await, ["young", "old", "broken", "outdated"]);
    let older = Matcher { older_than_s: Some(100), ..any() };
    assert_eq!(chosen(&older).await, ["old", "broken"]);
    let newer = Matcher { newer_than_s: Some(100), ..any() };
    assert_eq!(chosen(&newer).await, ["young"]);
    let retryable = Matcher { classes: Classes::Only(vec![Class::Retryable]), ..older };
    assert_eq!(chosen(&retryable).await, ["old"]);
    let query = query(".body[0] < 2").await;
    let both = Matcher { query, ..retryable };
    assert_eq!(chosen(&both).await, Vec::<String>::new());
    let ids = ["old", "young", "gone"].map(str::to_owned).into();
    let named = Matcher { ids: Some(ids), older_than_s: Some(60), ..any() };
    assert_eq!(chosen(&named).await, ["old"]);
    assert_eq!(named.missing_of(["old", "young", "other"].into_iter()), ["gone"]);
}

#[tokio::test]
async fn what_would_overwrite_newer_lists_is_chosen_only_by_name() {
    let matcher = Matcher { classes: Classes::NotOutdated, ..any() };
    assert_eq!(chosen(&matcher).await, ["young", "old", "broken"]);
    let named = Matcher { classes: Classes::Only(vec![Class::Superseded]), ..any() };
    assert_eq!(chosen(&named).await, ["outdated"]);
}

#[tokio::test]
async fn a_message_on_which_the_expression_fails_is_undecided() {
    let spool = Spool::new().expect("a spool");
    let query = query(".body.data").await;
    let matcher = Matcher { query, ..any() };
    let all = [found(&spool, "array", "[1, [10]]", 1)];
    let matches = matcher.decide_all(&all, Some(&spool)).await.expect("decided");
    assert!(matches!(&matches[0], Match::Undecided(error) if !error.is_empty()));
    assert!(
        matcher.decide_all(&all, None).await.is_err(),
        "nothing is decided without the message"
    );
}

#[tokio::test]
async fn users_are_found_in_every_shape_and_a_body_that_cannot_be_read_is_told() {
    let spool = Spool::new().expect("a spool");
    let bodies = [
        "[7, [10]]",
        r#"{"data":[[8,[1]],["7",[2]]]}"#,
        r#"{"user_id": 7, "recommended_note_ids": "broken"}"#,
        r#"{"data":[[7,[1]],[8,[1"#,
        r#"{"data":[[8,[1]],[9,[1"#,
        "[8, [7]]",
        r#"{"alarm":"disk"}"#,
    ];
    let all = bodies.map(|body| found(&spool, "id", body, 1));
    let decide = async |users: Option<&str>, query: Option<Query>| {
        let users = users.map(|user| BTreeSet::from([user.to_owned()]));
        let matcher = Matcher { users, query, ..any() };
        matcher.decide_all(&all, Some(&spool)).await.expect("decided")
    };
    use Match::{No, Unread, Yes};
    let expected = [Yes, Yes, Yes, Yes, Unread, No, Unread];
    assert_eq!(decide(Some("7"), None).await, expected);
    let ids = query("[.user_ids[] | tostring] | index(\"7\") != null").await;
    assert_eq!(decide(None, ids).await, expected, "the same by an expression");
    let body = query(".body.alarm?").await;
    assert_eq!(decide(None, body).await, [No, No, No, Unread, Unread, No, Yes]);
    // What does not look at the body can be answered for every message.
    let class = query(r#".class == "foreign""#).await;
    assert_eq!(decide(None, class).await, [No, No, No, No, No, No, Yes]);
    let both = decide(Some("7"), query(".users == 2").await).await;
    assert_eq!(both, [No, Yes, No, No, Unread, No, Unread]);
}

#[tokio::test]
async fn the_beginning_of_an_id_names_it_when_it_names_no_other() {
    let spool = Spool::new().expect("a spool");
    let ids = ["aaaa1111-0000", "aaaa2222-0000", "bbbb1111-0000", "é-é-é-é-1", "ccc"];
    let all = ids.map(|id| found(&spool, id, "[1, [10]]", 1));
    let chosen = async |named: &[&str]| {
        let matcher =
            Matcher { ids: Some(named.iter().map(|id| (*id).to_owned()).collect()), ..any() };
        let missing = matcher.missing_of(ids.into_iter());
        matcher.check_unique(ids.into_iter())?;
        matcher.decide_all(&all, Some(&spool)).await.map(|matches| {
            let pairs = ids.into_iter().zip(matches);
            let chosen = pairs.filter(|(_, decided)| *decided == Match::Yes);
            (chosen.map(|(id, _)| id).collect::<Vec<_>>(), missing)
        })
    };
    let none = Vec::<String>::new;
    assert_eq!(chosen(&["aaaa1"]).await.expect("one"), (vec![ids[0]], none()));
    assert_eq!(chosen(&["bbbb", ids[1]]).await.expect("two"), (vec![ids[1], ids[2]], none()));
    assert_eq!(chosen(&["é-é-"]).await.expect("one"), (vec![ids[3]], none()));
    let twice = chosen(&["bbbb", "bbbb1111"]).await.expect("one");
    assert_eq!(twice, (vec![ids[2]], none()), "what is named twice is not missing");
    chosen(&["aaaa", "aaaa1111"]).await.expect_err("a longer name makes no shorter one unique");
    for unknown in ["bbb", "b", "bbbb1111-0000-0", "1111", "cc"] {
        let (chosen, missing) = chosen(&[unknown]).await.expect("none");
        assert!(chosen.is_empty(), "{unknown}");
        assert_eq!(missing, [unknown]);
    }
    let error = chosen(&["bbbb", "aaaa"]).await.expect_err("two messages begin so");
    let text = error.to_string();
    assert!(
        text.contains("message id aaaa is ambiguous")
            && text.contains(ids[0])
            && text.contains(ids[1])
    );
    assert_eq!(error.kind, Kind::Refused);
}

#[test]
fn a_source_is_named_by_name_url_or_arn() {
    let arn = "arn:aws:sqs:eu-west-1:123456789012:recs";
    let row = |source: Option<&str>| Row {
        source: source.map(Into::into),
        ..sample::row("m", "[1, [10]]", 0, 0)
    };
    let from = |named: &[&str], source| {
        let sources = named.iter().map(|named| QueueRef::parse(named).expect("a queue"));
        Matcher { sources: Some(sources.collect()), ..any() }.holds(&row(source))
    };
    for named in ["recs", arn, "https://sqs.eu-west-1.amazonaws.com/123456789012/recs"] {
        assert!(from(&[named], Some(arn)), "{named}");
        assert!(!from(&[named], None), "{named}: it was sent to the DLQ directly");
        assert!(!from(&[named], Some("arn:aws:sqs:eu-west-1:123456789012:recs-2")));
    }
    for other in [
        "rec",
        "recs.fifo",
        "arn:aws:sqs:us-east-1:123456789012:recs",
        "https://sqs.eu-west-1.amazonaws.com/999999999999/recs",
    ] {
        assert!(!from(&[other], Some(arn)), "{other}");
        assert!(from(&[other, "recs"], Some(arn)), "any of several will do");
    }
    assert!(!from(&["recs"], Some("not an ARN")));
}

#[test]
fn a_message_without_an_age_is_neither_old_nor_young() {
    let row = Row { age_s: None, ..sample::row("m", "[1, [10]]", 0, 0) };
    assert!(any().holds(&row));
    assert!(!Matcher { older_than_s: Some(1), ..any() }.holds(&row));
    assert!(!Matcher { newer_than_s: Some(1), ..any() }.holds(&row));
}
