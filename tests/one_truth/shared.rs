//! Tables that hold other kinds of items, too.

use super::*;
use crate::support::queues::plant_body;

/// Lists under `pk = USER#...`, `sk = RECS#v2`.
const SHARED_POLICY: &str = "[item]\nkey = \"pk\"\nkey_prefix = \"USER#\"\nsort_key = \"sk\"\n\
                             sort_value = \"RECS#v2\"\n";

/// A table with other kinds of items, and lists under `pk = USER#...`, `sk = RECS#v2`.
fn shared_table() -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    harness.set("RECOCTL_TABLE", "recs");
    harness.write("policy.toml", format!("[writes]\nonly_newer = true\n{SHARED_POLICY}"));
    harness.set("RECOCTL_POLICY", "policy.toml");
    let string = ScalarAttributeType::S;
    create_plain(&harness, "recs", &[("pk", string.clone()), ("sk", string)]);
    for (pk, sk) in [("USER#1", "PROFILE"), ("USER#2", "RECS#v1"), ("ORDER#1", "RECS#v2")] {
        let other = list(&[AttributeValue::M([("x".to_owned(), n(1))].into())]);
        put(&harness, &[("pk", s(pk)), ("sk", s(sk)), ("recommended_note_ids", other)]);
    }
    harness
}

/// The lists of a shared table, and the keys of its other items.
fn shared_items(harness: &Harness) -> Vec<String> {
    let scan = harness.dynamodb().scan().table_name("recs");
    let answer = harness.runtime.block_on(scan.send()).expect("read");
    let text = |value: &AttributeValue| value.as_s().expect("text").clone();
    let mut all: Vec<String> = answer
        .items()
        .iter()
        .map(|item| {
            let ids = item["recommended_note_ids"].as_l().expect("a list").iter();
            let ids: Vec<String> = ids
                .map(|id| match id {
                    AttributeValue::N(text) => text.clone(),
                    AttributeValue::S(text) => format!("{text:?}"),
                    _ => "other".to_owned(),
                })
                .collect();
            format!("{} {} {}", text(&item["pk"]), text(&item["sk"]), ids.join(","))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn a_table_with_a_sort_key_holds_lists_beside_other_items() {
    let harness = shared_table();
    let line = |user: &str, id: i64, at: i64| {
        format!("{{\"user_id\":{user},\"recommended_note_ids\":[{id}],\"generated_at\":{at}}}\n")
    };
    harness.write(
        "in.jsonl",
        line("1", 10, 100) + &line("\"2\"", 20, 100) + &line("\"Ann Lee\"", 30, 100),
    );
    let report = harness.json(0, ["backfill", "in.jsonl", "--verify", "all"]);
    assert_balanced(&report);
    let others = ["ORDER#1 RECS#v2 other", "USER#1 PROFILE other"];
    let expected = [
        others[0],
        others[1],
        "USER#1 RECS#v2 10",
        "USER#2 RECS#v1 other",
        "USER#2 RECS#v2 20",
        "USER#Ann Lee RECS#v2 30",
    ];
    assert_eq!(shared_items(&harness), expected);
    // Sizes are of the whole key: names, prefix, id and sort key; the list; a time of 3 digits.
    let key = "pk".len() + "USER#1".len() + "sk".len() + "RECS#v2".len();
    let size = key + "recommended_note_ids".len() + 3 + 3 + "generated_at".len() + 2;
    assert_eq!(report["items"]["min_bytes"].as_u64().unwrap_or(size as u64), size as u64);
    harness.json(0, ["verify", "in.jsonl", "--users", "all"]);

    // Ages, removals and the function go by the same key.
    harness.write(
        "next.jsonl",
        line("1", 11, 99) + "{\"user_id\":2,\"delete\":true,\"generated_at\":101}\n",
    );
    let report = harness.json(0, ["backfill", "next.jsonl"]);
    assert_eq!(
        (&report["entries"]["stale"], &report["entries"]["deleted"]),
        (&json!(1), &json!(1))
    );
    let policy = format!("[writes]\nonly_newer = true\n{SHARED_POLICY}");
    let pipeline = function(&harness, &policy).expect("it starts");
    let bodies = [
        r#"{"data":[[1,["12"]],[3,[40]]],"generated_at":200}"#,
        r#"{"data":[["Ann Lee",[1]]],"generated_at":1}"#,
    ];
    assert_eq!(invoke(&harness, &pipeline, &bodies), [""; 0]);
    let expected = [
        others[0],
        others[1],
        // Numbers, as the lists that these users have already.
        "USER#1 RECS#v2 12",
        "USER#2 RECS#v1 other",
        "USER#3 RECS#v2 40",
        "USER#Ann Lee RECS#v2 30",
    ];
    assert_eq!(shared_items(&harness), expected);

    let report = harness.json(
        0,
        ["backfill", "in.jsonl", "--emit", "dynamodb-json", "out", "--emit-compression", "none"],
    );
    let import = report["emit"]["commands"]["import_table"].as_str().expect("a command");
    assert!(import.contains(r#"{"AttributeName":"sk","KeyType":"RANGE"}"#), "{import}");
    let part = harness.home.path().join("out/data/part-00001.json");
    let lines = std::fs::read_to_string(part).expect("there");
    assert!(
        lines.contains(r#""sk":{"S":"RECS#v2"}"#) && lines.contains(r#""pk":{"S":"USER#2"}"#),
        "{lines}"
    );
}

/// A list that a shared table holds is found whenever its user comes, and what this run wrote before
/// is not taken for it.
#[test]
fn the_lists_of_a_shared_table_are_looked_for_until_one_is_found() {
    let harness = shared_table();
    let held = [("pk", s("USER#1700")), ("sk", s("RECS#v2"))];
    let strings = ("recommended_note_ids", list(&[s("old")]));
    put(&harness, &[&held[..], &[strings]].concat());
    harness.write("policy.toml", SHARED_POLICY);
    let line = |user: u64| format!("[{user},[{}]]\n", user * 10);
    let mut lines: String = (1000..1600).map(line).collect();
    lines.push_str("[1000,[\"n1\"]]\n");
    lines.extend((1600..2300).map(line));
    harness.write("in.jsonl", lines);
    harness.json(0, ["backfill", "in.jsonl", "--shuffle-window", "0", "--concurrency", "1"]);
    let items = shared_items(&harness);
    let of = |user: u64| {
        let key = format!("USER#{user} RECS#v2 ");
        let item = items.iter().find_map(|item| item.strip_prefix(&key));
        item.unwrap_or_else(|| panic!("{user} has no list")).to_owned()
    };
    assert_eq!((of(1700), of(2299)), ("\"17000\"".to_owned(), "\"22990\"".to_owned()));
    assert_eq!((of(1000), of(1001)), ("\"n1\"".to_owned(), "10010".to_owned()), "as they came");

    // The function looks again with every batch.
    let pipeline = function(&harness, SHARED_POLICY).expect("it starts");
    invoke(&harness, &pipeline, &["[7,[70]]"]);
    invoke(&harness, &pipeline, &["[7,[\"n7\"]]"]);
    invoke(&harness, &pipeline, &["[8,[80]]", "[1700,[5]]"]);
    invoke(&harness, &pipeline, &["[9,[90]]"]);
    let items = shared_items(&harness);
    let has = |item: &str| assert!(items.contains(&item.to_owned()), "{item} in {items:?}");
    has("USER#7 RECS#v2 \"n7\"");
    has("USER#8 RECS#v2 \"80\"");
    has("USER#1700 RECS#v2 \"5\"");
    has("USER#9 RECS#v2 \"90\"");
}

#[test]
fn classify_goes_by_the_same_keys_times_and_types() {
    let mut harness = shared_table();
    crate::support::queues::add(&mut harness, "");
    for (user, time) in [("USER#1", 1_768_445_999), ("USER#2", 1_768_446_001)] {
        let made = ("generated_at", s("2026-01-15T03:00:00Z"));
        let key = [("pk", s(user)), ("sk", s("RECS#v2")), made];
        put(&harness, &[&key[..], &[("recommended_note_ids", list(&[n(1)]))]].concat());
        let id = user.trim_start_matches("USER#");
        let body = json!({"data": [[id, [5, "n0123"]]], "generated_at": time}).to_string();
        plant_body(&harness, "recs-dlq", body);
    }
    let classes = || -> Vec<String> {
        let report = harness.json(0, ["dlq", "peek"]);
        let messages = report["messages"].as_array().expect("messages").iter();
        let mut classes: Vec<String> = messages
            .map(|message| message["class"].as_str().expect("a class").to_owned())
            .collect();
        classes.sort();
        classes
    };
    // The lists of user 1 are Numbers, which "n0123" is not.
    assert_eq!(classes(), ["malformed", "malformed"]);
    harness.write("policy.toml", format!("{SHARED_POLICY}list_type = \"S\"\n"));
    assert_eq!(classes(), ["retryable", "stale"]);
}

#[test]
fn a_sandbox_is_seeded_as_the_policy_describes_items() {
    let described = "[item]\nkey = \"pk\"\nkey_prefix = \"USER#\"\nsort_key = \"sk\"\n\
                     sort_value = \"RECS\"\nlist = \"recs\"\ntime_form = \"iso-8601\"\n";
    let policy = Policy::from_toml(described).expect("a policy");
    let options = SandboxOptions { policy, ..SandboxOptions::default() };
    let mut harness = Harness::sandbox(options);
    harness.write("policy.toml", described);
    harness.set("RECOCTL_POLICY", "policy.toml");
    let report = harness.json(0, ["dlq", "classify"]);
    let classes = report["classes"].to_string();
    assert!(classes.contains("stale") && classes.contains("retryable"), "{report}");
}

#[test]
fn a_sort_key_without_a_description_is_named() {
    let mut harness = shared_table();
    harness.write("in.jsonl", "[1,[2]]\n");
    harness.set("RECOCTL_POLICY", "");
    harness.set("RECOCTL_KEY", "pk");
    harness.run(["backfill", "in.jsonl"]).ended(3).says("sort_key = \"sk\"");
    harness.write("other.toml", "[item]\nkey = \"pk\"\nsort_key = \"sort\"\nsort_value = \"R\"\n");
    harness
        .run(["backfill", "in.jsonl", "--policy", "other.toml"])
        .ended(3)
        .says("the sort key \"sk\"")
        .says("\"sort\"");
    harness.write("half.toml", "[item]\nkey = \"pk\"\nsort_key = \"sk\"\n");
    harness.run(["backfill", "in.jsonl", "--policy", "half.toml"]).ended(3).says("sort_value");
}
