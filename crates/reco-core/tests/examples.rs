//! Checks the files under `examples/` against their README.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]
#![expect(clippy::disallowed_methods, reason = "a test may read files, the core may not")]

use std::path::PathBuf;

use reco_core::Id;
use reco_core::decode::{DecodeError, Decoded, Envelope, Shape, decode};
use reco_core::facts::{ArticleFacts, FactSet, Ids, UserFacts};
use reco_core::filter::{FilterTotals, Filtered, filter};
use reco_core::policy::Policy;

fn example(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn id(number: u64) -> Id {
    serde_json::from_value(number.into()).unwrap()
}

/// Returns the facts that the README describes and `facts.sql` creates.
fn facts() -> FactSet {
    let user = |u: u64| UserFacts {
        active: u < 19,
        muted_authors: if u < 19 && u.is_multiple_of(3) {
            Ids::from_iter([id(1 + (u + 5) % 18)])
        } else {
            Ids::default()
        },
        read: if u < 19 { (0..3).map(|k| id(1000 + 5 * u + k)).collect() } else { Ids::default() },
    };
    let article = |a: u64| ArticleFacts { published: a < 1190, author: Some(id(1 + a % 18)) };
    FactSet::Known {
        users: (1..=19).map(|u| (id(u), user(u))).collect(),
        articles: (1000..1200).map(|a| (id(a), article(a))).collect(),
    }
}

fn judge(decoded: Decoded) -> Vec<Filtered> {
    let (facts, policy) = (facts(), Policy::default());
    decoded.entries.into_iter().map(|entry| filter(entry.recommendation, &facts, &policy)).collect()
}

/// Returns the outcome of a line in the words of the README's table.
fn outcome(line: &str) -> String {
    if line.is_empty() {
        return "blank".to_owned();
    }
    let decoded = match decode(line) {
        Ok(decoded) => decoded,
        Err(DecodeError::Malformed { .. }) => return "malformed".to_owned(),
        Err(other) => return other.to_string(),
    };
    let filtered = judge(decoded).remove(0);
    let dropped: String =
        filtered.dropped.iter().map(|(why, n)| format!(", {n} {}", why.name())).collect();
    match filtered.verdict {
        Ok(kept) => format!("{} ids{dropped}", kept.articles.len()),
        Err(why) => format!("{}{dropped}", why.name()),
    }
}

#[test]
fn each_line_of_recs_jsonl_ends_as_the_readme_says() {
    let outcomes: Vec<String> = example("recs.jsonl").lines().map(outcome).collect();
    assert_eq!(
        outcomes,
        [
            "4 ids, 1 already-read",
            "3 ids, 1 duplicate",
            "3 ids, 1 muted-author",
            "blank",
            "malformed",
            "2 ids, 1 own-article",
            "2 ids, 1 unpublished-article",
            "too-few, 3 already-read",
            "2 ids, 1 unknown-article",
            "inactive-user",
            "unknown-user",
            "7 ids",
        ]
    );
}

#[test]
fn the_totals_of_recs_jsonl_are_those_of_the_readme() {
    let mut totals = FilterTotals::default();
    for decoded in example("recs.jsonl").lines().flat_map(decode) {
        judge(decoded).iter().for_each(|filtered| totals.count(filtered));
    }
    assert_eq!((totals.kept_entries, totals.kept_articles), (7, 23));
    assert_eq!((totals.dropped.total(), totals.skipped.values().sum::<u64>()), (9, 3));
}

#[test]
fn bodies_have_the_shapes_and_envelopes_that_the_readme_names() {
    for (file, shape, envelopes, users) in [
        ("message.json", Shape::QueueMessage, vec![], 3),
        ("item.json", Shape::Item, vec![], 1),
        ("sns.json", Shape::QueueMessage, vec![Envelope::Sns], 2),
        ("eventbridge.json", Shape::QueueMessage, vec![Envelope::EventBridge], 2),
        ("lambda-destination.json", Shape::QueueMessage, vec![Envelope::LambdaDestination], 2),
    ] {
        let decoded = decode(&example(file)).unwrap();
        assert_eq!((decoded.shape, &decoded.envelopes), (shape, &envelopes), "{file}");
        assert_eq!((decoded.entries.len(), decoded.bad.len()), (users, 0), "{file}");
        let whole = judge(decoded).iter().all(|f| f.verdict.is_ok() && f.dropped.total() == 0);
        assert!(whole, "{file}: the filter must leave a good example alone");
    }
    assert!(matches!(decode(&example("foreign.json")), Err(DecodeError::Foreign { .. })));
    assert!(matches!(decode(&example("malformed.json")), Err(DecodeError::Malformed { .. })));
}

#[test]
fn the_written_out_policy_is_the_default() {
    let text = example("policy.toml");
    assert_eq!(Policy::from_toml(&text).unwrap(), Policy::default());
    let keys = |text: &str| {
        text.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')).count()
    };
    let all = toml::to_string(&Policy::default()).unwrap();
    assert_eq!(keys(&text), keys(&all), "a rule is not written out");
}
