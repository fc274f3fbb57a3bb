//! Classification: one test per row of its table, and one for each pair of rows that can both
//! apply.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use reco_core::classify::{Class, Classification, ClassifyContext, Held, MessageContent, classify};
use reco_core::decode::decode;
use reco_core::facts::{ArticleFacts, FactSet, Ids, UserFacts};
use reco_core::item::{KeyType, Schema};
use reco_core::policy::{Limit, Policy};
use reco_core::{Id, IdMap, Time};

/// Users 1, 2 and "u" are active (the last does not fit a table of numbers), 3 is not, 9 is
/// unknown; 1 has read article 14; articles 10 to 19 are known.
fn facts() -> FactSet {
    let article = ArticleFacts { published: true, author: None };
    let user = |active, read: &[u64]| UserFacts {
        active,
        muted_authors: Ids::default(),
        read: read.iter().copied().map(Id::from).collect(),
    };
    FactSet::Known {
        users: IdMap::from_iter([
            (Id::from(1u64), user(true, &[14])),
            (Id::from(2u64), user(true, &[])),
            (Id::from(3u64), user(false, &[])),
            (Id::from("u"), user(true, &[])),
        ]),
        articles: (10..20u64).map(|id| (Id::from(id), article.clone())).collect(),
    }
}

/// Context of the message under test; by default it is neither old nor large.
#[derive(Default, Clone)]
struct Around {
    bytes: usize,
    sent_at: Option<i64>,
    in_table: HashMap<Id, i64>,
    superseded: bool,
}

impl Around {
    fn newer_in_table(users: &[u64]) -> Self {
        let in_table = users.iter().map(|user| (Id::from(*user), 2_000)).collect();
        Around { sent_at: Some(1_000), in_table, ..Around::default() }
    }

    fn superseded(self) -> Self {
        Around { superseded: true, ..self }
    }

    fn oversize(self) -> Self {
        Around { bytes: 1_000_000, ..self }
    }
}

fn run(body: &str, around: &Around) -> Classification {
    let schema = Schema::with_key_type(KeyType::N);
    // Items over 400 KB need string lists, as lists of numbers cannot get long enough.
    let schema = Schema {
        list_type: body.contains("xxx").then_some(KeyType::S).or(schema.list_type),
        ..schema
    };
    let mut policy = Policy::default();
    policy.limits.max_len = Limit::at(0);
    policy.rules.article_known = !body.contains("xxx");
    let content = MessageContent::judge(decode(body), &facts(), &policy, &schema);
    let held = |(user, at): (&Id, &i64)| (user.clone(), Held::At(Time::from_seconds(*at)));
    let in_table = around.in_table.iter().map(held).collect();
    let surroundings = ClassifyContext {
        message_bytes: around.bytes,
        destination_limit: Some(262_144),
        sent_at: around.sent_at.map(Time::from_seconds),
        in_table: &in_table,
        superseded: around.superseded,
    };
    classify(&content, &surroundings)
}

fn class(body: &str, around: &Around) -> Class {
    let classification = run(body, around);
    assert!(!classification.reasons.is_empty(), "{body}");
    classification.class
}

fn plain(body: &str) -> Class {
    class(body, &Around::default())
}

fn huge_item() -> String {
    format!("[1, [\"{}\"]]", "xxx".repeat(200_000))
}

#[test]
fn row_1_nothing_decodes() {
    assert_eq!(plain("{oops"), Class::Malformed);
    assert_eq!(plain(r#"{"data": 5}"#), Class::Malformed);
    assert_eq!(plain(r#"{"data": [5, [1, 2]]}"#), Class::Malformed);
}

#[test]
fn row_2_somebody_elses() {
    assert_eq!(plain(r#"{"order": 1}"#), Class::Foreign);
}

#[test]
fn row_3_too_large_for_the_queue_or_for_an_item() {
    let large = Around::default().oversize();
    assert_eq!(class("[1, [10]]", &large), Class::Oversize);
    assert_eq!(plain(&huge_item()), Class::Oversize);
}

#[test]
fn row_4_nothing_writable_and_one_does_not_fit_the_table() {
    assert_eq!(plain(r#"["u", [10]]"#), Class::Malformed);
    assert_eq!(plain(r#"{"data": [["u", [10]], [9, [10]]]}"#), Class::Malformed);
    assert_eq!(plain(r#"{"data": [5, [9, [10]]]}"#), Class::Malformed);
}

#[test]
fn row_5_all_users_unknown_or_inactive() {
    assert_eq!(plain("[9, [10]]"), Class::UnknownUser);
    assert_eq!(plain("[3, [10]]"), Class::UnknownUser);
    assert_eq!(plain(r#"{"data": [[9, [10]], [3, [10]]]}"#), Class::UnknownUser);
}

#[test]
fn row_6_the_filter_leaves_nothing() {
    assert_eq!(plain("[1, [14]]"), Class::Empty);
    assert_eq!(plain("[1, []]"), Class::Empty);
    assert_eq!(plain(r#"{"data": []}"#), Class::Empty);
    assert_eq!(plain(r#"{"data": [[9, [10]], [1, [14]]]}"#), Class::Empty, "not all unknown");
}

#[test]
fn row_7_newer_messages_carry_its_users() {
    assert_eq!(class("[1, [10]]", &Around::default().superseded()), Class::Superseded);
}

#[test]
fn row_8_the_table_holds_newer_lists() {
    assert_eq!(class("[1, [10]]", &Around::newer_in_table(&[1])), Class::Stale);
    let both = r#"{"data": [[1, [10]], [2, [10]]]}"#;
    assert_eq!(class(both, &Around::newer_in_table(&[1, 2])), Class::Stale);
    assert_eq!(class(both, &Around::newer_in_table(&[1])), Class::Retryable, "2 needs it");
    let with_a_stranger = r#"{"data": [[1, [10]], [9, [10]]]}"#;
    assert_eq!(class(with_a_stranger, &Around::newer_in_table(&[1])), Class::Stale);
}

#[test]
fn row_9_some_entries_bad_others_writable() {
    assert_eq!(plain(r#"{"data": [[1, [10]], 5]}"#), Class::Partial);
    assert_eq!(plain(r#"{"data": [[1, [10]], ["u", [10]]]}"#), Class::Partial);
    let item = huge_item();
    assert_eq!(plain(&format!("{{\"data\": [[2, [10]], {item}]}}")), Class::Partial);
}

#[test]
fn row_10_it_would_succeed() {
    assert_eq!(plain("[1, [10]]"), Class::Retryable);
    assert_eq!(plain(r#"{"data": [[1, [10]], [9, [10]], [2, [14]]]}"#), Class::Retryable);
}

#[test]
fn the_earlier_row_wins() {
    let old = Around::newer_in_table(&[1, 2]).superseded();
    let huge = huge_item();
    let huge_beside = |entry: &str| format!("{{\"data\": [{entry}, {huge}]}}");
    let cases: [(&str, &str, Around, Class); 14] = [
        ("1 over 3", "{oops", Around::default().oversize(), Class::Malformed),
        ("1 over 3, entries", r#"{"data": [5]}"#, Around::default().oversize(), Class::Malformed),
        ("2 over 3", r#"{"order": 1}"#, Around::default().oversize(), Class::Foreign),
        ("3 over 4", r#"["u", [10]]"#, Around::default().oversize(), Class::Oversize),
        ("3 over 4, item", &huge_beside("5"), Around::default(), Class::Oversize),
        ("3 over 5", "[9, [10]]", Around::default().oversize(), Class::Oversize),
        ("3 over 5, item", &huge_beside("[9, [1]]"), Around::default(), Class::Oversize),
        ("3 over 6", "[1, [14]]", Around::default().oversize(), Class::Oversize),
        ("3 over 7 and 8", "[1, [10]]", old.clone().oversize(), Class::Oversize),
        ("4 over 6", r#"{"data": [5, [1, [14]]]}"#, Around::default(), Class::Malformed),
        ("6 over 7 and 8", "[1, [14]]", old.clone(), Class::Empty),
        ("7 over 8", "[1, [10]]", old.clone(), Class::Superseded),
        ("7 over 9", r#"{"data": [[1, [10]], 5]}"#, old, Class::Superseded),
        ("8 over 9", r#"{"data": [[1, [10]], 5]}"#, Around::newer_in_table(&[1]), Class::Stale),
    ];
    for (rows, body, around, expected) in cases {
        assert_eq!(class(body, &around), expected, "{rows}");
    }
}

#[test]
fn newer_means_strictly_newer_than_the_content_and_only_then_the_send_time() {
    let table = |seconds| Around {
        sent_at: Some(100),
        in_table: [(Id::from(1u64), seconds)].into(),
        ..Around::default()
    };
    let dated = r#"{"user_id": 1, "recommended_note_ids": [10], "generated_at": 500}"#;
    assert_eq!(class(dated, &table(500)), Class::Retryable);
    assert_eq!(class(dated, &table(501)), Class::Stale);
    assert_eq!(class("[1, [10]]", &table(100)), Class::Retryable);
    assert_eq!(class("[\"1\", [10]]", &table(101)), Class::Stale, "the send time stands in");
    let unknown_age = Around { sent_at: None, ..table(101) };
    assert_eq!(class("[1, [10]]", &unknown_age), Class::Retryable, "no age, no verdict");
}

#[test]
fn the_report_counts_what_it_saw() {
    let body = r#"{"data": [[1, [10, 10, 14, 11]], [9, [10]], ["u", [10]], 5, [2, [12]]]}"#;
    insta::assert_json_snapshot!(run(body, &Around::newer_in_table(&[2])));
    insta::assert_json_snapshot!(run(
        r#"{"data": [[1, [10]], [9, [10]], [3, [10]], [2, []]]}"#,
        &Around::default()
    ));
}

#[test]
fn a_flood_of_reasons_is_cut() {
    let body = format!("{{\"data\": [{}[1, [10]]]}}", "5,".repeat(1000));
    let classification = run(&body, &Around::default());
    assert_eq!(
        (classification.class, classification.bad, classification.users),
        (Class::Partial, 1000, 1001)
    );
    assert_eq!(classification.reasons.len(), 11);
    assert_eq!(classification.reasons[10], "and 990 more");
}

#[test]
fn names_parse_back_and_match_serde() {
    let mut actions = BTreeMap::new();
    for class in Class::ALL.iter().copied() {
        assert_eq!(class.name().parse(), Ok(class));
        assert_eq!(serde_json::to_value(class).unwrap(), class.name());
        actions.insert(class.name(), class.action());
    }
    assert_eq!(actions.len(), 9);
    insta::assert_snapshot!("nonsense".parse::<Class>().unwrap_err());
}

proptest! {
    #[test]
    fn every_message_has_one_class_and_a_reason(
        entries in prop::collection::vec(prop::sample::select(vec![
            "5", "[1, [10]]", "[2, [11, 11]]", "[3, [10]]", "[9, [10]]", "[1, [14]]", "[\"u\", [10]]", "[1, [null]]",
        ]), 0..6),
        superseded in any::<bool>(),
        stale in any::<bool>(),
        large in any::<bool>(),
    ) {
        let body = format!("{{\"data\": [{}]}}", entries.join(", "));
        let mut around = if stale { Around::newer_in_table(&[1, 2]) } else { Around::default() };
        around.superseded = superseded;
        if large { around = around.oversize(); }
        let got = run(&body, &around);
        let count = |of: &[&str]| entries.iter().filter(|entry| of.contains(entry)).count();
        let writable = count(&["[1, [10]]", "[2, [11, 11]]"]);
        let undecodable = count(&["5", "[1, [null]]"]);
        prop_assert!(!got.reasons.is_empty());
        prop_assert_eq!((got.users, got.writable), (entries.len(), writable));
        prop_assert_eq!(got.bad, undecodable + count(&["[\"u\", [10]]"]));
        prop_assert_eq!(got.wcu as usize, writable);
        let expected = if undecodable == entries.len() && undecodable > 0 { Class::Malformed }
            else if large { Class::Oversize }
            else if writable == 0 && got.bad > 0 { Class::Malformed }
            else if writable == 0 && !entries.is_empty() && count(&["[3, [10]]", "[9, [10]]"]) == entries.len() { Class::UnknownUser }
            else if writable == 0 { Class::Empty }
            else if superseded { Class::Superseded }
            else if stale { Class::Stale }
            else if got.bad > 0 { Class::Partial }
            else { Class::Retryable };
        prop_assert_eq!(got.class, expected);
        // Marking at the end of a scan must equal knowing in advance.
        let mut later = run(&body, &Around { superseded: false, ..around });
        if superseded { later.mark_superseded(); }
        prop_assert_eq!(later, got);
    }
}

/// Classifies a message for user 1 when the table holds `held`.
fn class_where(held: Held, body: &str, only_newer: bool) -> Classification {
    let schema = Schema { list_type: None, ..Schema::with_key_type(KeyType::N) };
    let mut policy = Policy::default();
    policy.writes.only_newer = only_newer;
    let content = MessageContent::judge(decode(body), &FactSet::Unavailable, &policy, &schema);
    let surroundings = ClassifyContext {
        message_bytes: 100,
        destination_limit: None,
        sent_at: Some(Time::from_seconds(2_000_000_000)),
        in_table: &[(Id::from(1u64), held)].into(),
        superseded: false,
    };
    classify(&content, &surroundings)
}

#[test]
fn ages_are_told_apart_as_the_conditional_write_does() {
    let at = |seconds: &str| Held::At(Time::from_number(seconds).unwrap());
    let dated = r#"{"data": [[1, [10]]], "generated_at": 1768446000.5}"#;
    let undated = r#"{"data": [[1, [10]]]}"#;
    let cases = [
        (at("1768446000.5"), dated, false, Class::Retryable),
        (at("1768446000.5"), dated, true, Class::Stale),
        (at("1768446000.4"), dated, true, Class::Retryable),
        (at("1768446000.6"), dated, false, Class::Stale),
        // The send time is known to the queue, but not to the writer.
        (at("1768446000"), undated, false, Class::Retryable),
        (at("1768446000"), undated, true, Class::Stale),
    ];
    for (held, body, only_newer, expected) in cases {
        let told = class_where(held.clone(), body, only_newer);
        assert_eq!(told.class, expected, "{held:?} {body} {only_newer}");
    }
}

#[test]
fn a_time_in_the_table_that_cannot_be_read_is_said() {
    let held =
        Held::Unreadable("\"soon\" is neither epoch seconds nor an ISO 8601 time".to_owned());
    let told = class_where(held, r#"{"data": [[1, [10]]], "generated_at": 1768446000}"#, true);
    assert!(
        told.reasons[0].contains("cannot determine") && told.reasons[0].contains("soon"),
        "{told:?}"
    );
}

#[test]
fn string_articles_are_written_whatever_the_key_is() {
    let told = class_where(Held::At(Time::from_seconds(1)), r#"[1, ["n0123456789ab"]]"#, false);
    assert_eq!(told.class, Class::Retryable);
}

#[test]
fn users_who_can_never_be_written_are_named_so() {
    let around = Around::default();
    for user in ["1.0", "1 ", "Ann"] {
        let told = run(&format!("[{user:?}, [10]]"), &around);
        assert_eq!(told.class, Class::Malformed, "{told:?}");
        assert!(
            told.reasons[0].contains(&format!("{user:?} is not a plain whole number")),
            "{told:?}"
        );
    }
}
