//! One item layout: list types, times, keys and ages are the same for backfill, classify, verify
//! and the Lambda.

mod support;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
    KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use reco_core::policy::Policy;
use reco_lambda::settings::Settings;
use reco_lambda::{Pipeline, handle};
use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::Planted;
use serde_json::{Value, json};
use support::Harness;
use support::table::{assert_balanced, expected, expire_by, harness, items, n, put, s};

fn numbers() -> Harness {
    harness(ScalarAttributeType::N, None)
}

fn list(ids: &[AttributeValue]) -> AttributeValue {
    AttributeValue::L(ids.to_vec())
}

/// The function as its environment would open it.
fn function(harness: &Harness, policy: &str) -> Result<Pipeline, String> {
    let policy = format!("[limits]\nmax_len = 100\n{policy}");
    let variables = [("RECO_TABLE", "recs"), ("RECO_FACTS", "none"), ("RECO_POLICY", &policy)];
    let settings = Settings::read(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    let shared = harness.the_sandbox().sdk_config();
    let opening = async { settings.expect("usable").open(&shared).await };
    harness.runtime.block_on(opening).map_err(|error| error.to_string())
}

/// Hands messages to the function in one batch; answers with the ids of those returned.
fn invoke(harness: &Harness, function: &Pipeline, bodies: &[&str]) -> Vec<String> {
    let mut event = SqsEvent::default();
    for (number, body) in bodies.iter().enumerate() {
        let mut message = SqsMessage::default();
        message.message_id = Some(number.to_string());
        message.body = Some((*body).to_owned());
        event.records.push(message);
    }
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    let handled = harness.runtime.block_on(handle(function, event, deadline)).expect("handled");
    let failures = handled.response.batch_item_failures.into_iter();
    failures.map(|failure| failure.item_identifier).collect()
}

fn error_of(harness: &Harness, code: i32, args: &[&str]) -> String {
    let output = harness.recoctl(args).output().expect("runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{told}");
    told
}

#[test]
fn lists_of_strings_go_into_an_empty_table_with_a_number_key() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[\"n0123456789ab\",\"7\"]]\n[2,[30,\"x\"]]\n");
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!((&report["list_type"], &report["list_type_from"]), (&Value::Null, &json!("ids")));
    let as_came = expected(&[("1", r#"["n0123456789ab","7"]"#), ("2", r#"[30,"x"]"#)]);
    assert_eq!(items(&harness), as_came);
    // The function writes them likewise.
    let other = numbers();
    let pipeline = function(&other, "").expect("it starts");
    let bodies = ["[1,[\"n0123456789ab\",\"7\"]]", "[2,[30,\"x\"]]"];
    assert_eq!(invoke(&other, &pipeline, &bodies), [""; 0]);
    assert_eq!(items(&other), as_came);
}

#[test]
fn the_function_writes_lists_as_the_table_holds_them() {
    for (held, written) in [(s("x"), r#"["5"]"#), (n(9), "[5]")] {
        let harness = numbers();
        put(&harness, &[("user_id", n(9)), ("recommended_note_ids", list(&[held]))]);
        let pipeline = function(&harness, "").expect("it starts");
        invoke(&harness, &pipeline, &["[1,[5]]"]);
        assert_eq!(items(&harness)["1"], written);
        let strings = function(&harness, "[item]\nlist_type = \"S\"").expect("it starts");
        invoke(&harness, &strings, &["[2,[5]]"]);
        assert_eq!(items(&harness)["2"], r#"["5"]"#, "the policy decides");
    }
}

#[test]
fn what_is_no_list_of_ids_is_not_written_over() {
    let map = |id: i64| {
        AttributeValue::M([("id".to_owned(), n(id)), ("score".to_owned(), n("0.5"))].into())
    };
    let foreign = [
        (list(&[map(1), map(2)]), "a list of maps"),
        (s("[1,2]"), "a text"),
        (AttributeValue::Ns(vec!["1".to_owned()]), "a set (NS)"),
    ];
    for (held, what) in foreign {
        let harness = numbers();
        harness.write("in.jsonl", "[9,[5]]\n");
        put(&harness, &[("user_id", n(9)), ("recommended_note_ids", held.clone())]);
        let told = error_of(&harness, 3, &["backfill", "in.jsonl"]);
        assert!(told.contains(what) && told.contains("--list-type"), "{told}");
        let refused = function(&harness, "").expect_err("refused");
        assert!(refused.contains(what), "{refused}");
        let get = harness.dynamodb().get_item().table_name("recs").key("user_id", n(9));
        let item = harness.runtime.block_on(get.send()).expect("read").item.expect("there");
        assert_eq!(item["recommended_note_ids"], held);
    }
}

#[test]
fn the_policys_description_is_refused_where_flags_say_otherwise() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[5]]\n");
    harness.write("policy.toml", "[item]\nlist = \"recs\"\nlist_type = \"N\"\n");
    let base = ["backfill", "in.jsonl", "--policy", "policy.toml"];
    let told = error_of(&harness, 3, &[&base[..], &["--list-type", "S"]].concat());
    assert!(told.contains("item.list_type"), "{told}");
    let mut renamed = harness;
    renamed.set("RECOCTL_LIST_ATTRIBUTE", "others");
    let told = error_of(&renamed, 3, &base);
    assert!(told.contains("\"recs\"") && told.contains("\"others\""), "{told}");
}

/// What becomes of `held`, an item's time in the table, when a list of this time is written.
fn after(held: AttributeValue, time: &str) -> (String, Value) {
    let harness = numbers();
    let old = list(&[n(1)]);
    put(&harness, &[("user_id", n(7)), ("recommended_note_ids", old), ("generated_at", held)]);
    let line = format!("{{\"user_id\":7,\"recommended_note_ids\":[2],\"generated_at\":{time}}}\n");
    harness.write("in.jsonl", line);
    harness.write("policy.toml", "[writes]\nonly_newer = true\n");
    let args = ["backfill", "in.jsonl", "--policy", "policy.toml", "--output", "json"];
    let output = harness.recoctl(args).output().expect("runs");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let list = items(&harness)["7"].split(' ').next().expect("a list").to_owned();
    (list, report)
}

#[test]
fn the_tables_times_are_read_as_what_they_are() {
    let cases = [
        // 2026-01-15T03:00:00Z, in several forms.
        (n(1_768_446_000), "1768446001", "[2]"),
        (n(1_768_446_000), "1768446000", "[1]"),
        (n(1_768_446_000), "1768446000.0", "[1]"),
        (n("1768446000.1"), "\"2026-01-15T03:00:00.900Z\"", "[2]"),
        (n("1768446000.9"), "\"2026-01-15T03:00:00.100Z\"", "[1]"),
        (n(1_768_446_000_000_i64), "1768446001", "[2]"),
        (n(1_768_446_000_000_i64), "1768445999", "[1]"),
        (n(1_768_446_000_000_000_i64), "1768446001", "[2]"),
        (s("2026-01-15T03:00:00Z"), "1768446001", "[2]"),
        (s("2026-01-15T12:00:00+09:00"), "1768445999", "[1]"),
        (s("1768446000"), "1768446001", "[2]"),
        (AttributeValue::Null(true), "1768446001", "[2]"),
        (AttributeValue::Null(true), "null", "[2]"),
        (n(1_768_446_000), "null", "[1]"),
        // Ten digits are seconds, though these are a date and an hour: of 2034, and of 2036.
        (n(2_026_011_503), "2026011504", "[2]"),
        (n(2_026_011_503), "2026011502", "[1]"),
        (n(1_768_446_000), "2099123123", "[2]"),
        (n(-5), "-4.5", "[2]"),
    ];
    for (held, time, expected) in cases {
        let (list, report) = after(held.clone(), time);
        assert_eq!(list, expected, "{time} over {held:?}: {report}");
    }
}

#[test]
fn what_cannot_be_read_is_left_alone_with_a_sentence() {
    for held in
        [n(20_260_115), s("yesterday"), s("2026-01-15T03:00:00"), AttributeValue::Bool(true)]
    {
        let harness = numbers();
        let old = list(&[n(1)]);
        put(&harness, &[("user_id", n(7)), ("recommended_note_ids", old), ("generated_at", held)]);
        harness.write(
            "in.jsonl",
            "{\"user_id\":7,\"recommended_note_ids\":[2],\"generated_at\":1768446000}\n[8,[3]]\n",
        );
        harness.write("policy.toml", "[writes]\nonly_newer = true\n");
        let args = ["backfill", "in.jsonl", "--policy", "policy.toml", "--rejects", "r.jsonl"];
        let report = harness.json(4, args);
        assert_balanced(&report);
        assert_eq!(report["entries"]["failed"], 1, "{report}");
        let rejects = std::fs::read_to_string(harness.home.path().join("r.jsonl")).expect("there");
        assert!(rejects.contains("so it cannot be compared"), "{rejects}");
        assert!(items(&harness)["7"].starts_with("[1]"));
        assert_eq!(items(&harness)["8"], "[3]", "the others are written");
    }
}

#[test]
fn times_that_are_none_make_their_line_malformed() {
    let harness = numbers();
    let line = |time: &str| {
        format!("{{\"user_id\":1,\"recommended_note_ids\":[2],\"generated_at\":{time}}}\n")
    };
    let wrong = [
        "20260115",
        "\"20260115\"",
        "1768446000000",
        "\"1768446000000\"",
        "\"2026-01-15T03:00:00\"",
        "\"soon\"",
        "true",
    ];
    for right in
        ["1768446000.5", "\"1768446000.5\"", "1.7684460005e9", "\"2026-01-15T03:00:00.5Z\""]
    {
        harness.write("in.jsonl", wrong.map(line).concat() + &line(right));
        let report = harness.json(4, ["backfill", "in.jsonl"]);
        assert_eq!(report["rejected"], json!({ "malformed": 7 }));
        assert_eq!(items(&harness)["1"], "[2] generated_at=1768446000.5");
    }
}

#[test]
fn an_age_is_the_same_however_far_apart_lines_are() {
    let put = |at: i64, id: i64| {
        format!("{{\"user_id\":7,\"recommended_note_ids\":[{id}],\"generated_at\":{at}}}\n")
    };
    let gone = |at: i64| format!("{{\"user_id\":7,\"delete\":true,\"generated_at\":{at}}}\n");
    let far: String = (100..400).map(|user| format!("[{user},[1]]\n")).collect();
    let sequences = [
        vec![put(5, 1), gone(9), put(7, 2)],
        vec![put(5, 1), gone(4), put(5, 2)],
        vec![gone(9), put(3, 1), put(6, 2), put(9, 3)],
        vec![put(5, 1), gone(6)],
    ];
    for sequence in sequences {
        let mut tables = Vec::new();
        for between in ["", far.as_str()] {
            let harness = numbers();
            harness.write("in.jsonl", sequence.join(between));
            let args = [
                "--if-newer",
                "--generated-at",
                "1",
                "--shuffle-window",
                "2",
                "--concurrency",
                "1",
            ];
            let args = ["backfill", "in.jsonl"].into_iter().chain(args);
            harness.json(0, args);
            tables.push(items(&harness).get("7").cloned());
        }
        assert_eq!(tables[0], tables[1], "{sequence:?}");
    }
}

#[test]
fn an_item_that_dynamodb_refuses_is_refused_alone() {
    let options = SandboxOptions::empty();
    let mut harness = Harness::sandbox(options);
    harness.set("RECOCTL_TABLE", "recs");
    let key = |name: &str, role| {
        KeySchemaElement::builder().attribute_name(name).key_type(role).build().expect("a key")
    };
    let attribute = |name: &str, kind| {
        let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(kind);
        definition.build().expect("a definition")
    };
    let projection = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-time")
        .key_schema(key("generated_at", KeyType::Hash))
        .projection(projection)
        .build();
    let create = harness
        .dynamodb()
        .create_table()
        .table_name("recs")
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("user_id", KeyType::Hash))
        .attribute_definitions(attribute("user_id", ScalarAttributeType::N))
        // recoctl writes a Number.
        .attribute_definitions(attribute("generated_at", ScalarAttributeType::S))
        .global_secondary_indexes(index.expect("an index"));
    harness.runtime.block_on(create.send()).expect("the table is created");
    let pipeline = function(&harness, "").expect("it starts");
    let bad = r#"{"data":[[99,[1]]],"generated_at":1768446000}"#;
    let bodies: Vec<String> = (0..24).map(|user| format!("[{user},[1]]")).collect();
    let mut all: Vec<&str> = bodies.iter().map(String::as_str).collect();
    all.insert(7, bad);
    assert_eq!(invoke(&harness, &pipeline, &all), ["7"]);
    assert_eq!(items(&harness).len(), 24);
    let guarded = function(&harness, "[writes]\nonly_newer = true").expect("it starts");
    assert_eq!(invoke(&harness, &guarded, &all), ["7"]);
}

/// Lists under `pk = USER#...`, `sk = RECS#v2`.
const SHARED_POLICY: &str = "[item]\nkey = \"pk\"\nkey_prefix = \"USER#\"\nsort_key = \"sk\"\n\
                             sort_value = \"RECS#v2\"\n";

/// A table with other kinds of items, and lists under `pk = USER#...`, `sk = RECS#v2`.
fn shared_table() -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    harness.set("RECOCTL_TABLE", "recs");
    harness.write(
        "policy.toml",
        "[writes]\nonly_newer = true\n[item]\nkey = \"pk\"\nkey_prefix = \"USER#\"\n\
         sort_key = \"sk\"\nsort_value = \"RECS#v2\"\n",
    );
    harness.set("RECOCTL_POLICY", "policy.toml");
    let mut create = harness
        .dynamodb()
        .create_table()
        .table_name("recs")
        .billing_mode(BillingMode::PayPerRequest);
    for (name, role) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
        let key = KeySchemaElement::builder().attribute_name(name).key_type(role).build();
        let definition = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build();
        create = create
            .key_schema(key.expect("a key"))
            .attribute_definitions(definition.expect("a definition"));
    }
    harness.runtime.block_on(create.send()).expect("the table is created");
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
    let policy = "[writes]\nonly_newer = true\n[item]\nkey = \"pk\"\nkey_prefix = \"USER#\"\n\
                  sort_key = \"sk\"\nsort_value = \"RECS#v2\"\n";
    let pipeline = function(&harness, policy).expect("it starts");
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
fn a_table_that_is_being_created_is_waited_for_or_named() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[2]]\n");
    harness.the_sandbox().dynamodb().take_time_to_create("recs", 2);
    harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(items(&harness)["1"], "[2]");
    harness.the_sandbox().dynamodb().take_time_to_create("recs", 1);
    harness.json(0, ["verify", "in.jsonl"]);
    // The function does not wait: Lambda starts it again, and messages come again.
    harness.the_sandbox().dynamodb().take_time_to_create("recs", 1);
    let refused = function(&harness, "").expect_err("not yet");
    assert!(refused.contains("still being created"), "{refused}");
    function(&harness, "").expect("it starts");
}

/// What is written in a form reads back as that time, however odd it is.
#[test]
fn a_table_of_milliseconds_is_read_as_it_was_written() {
    let policy = "[writes]\nonly_newer = true\n[item]\ntime_form = \"milliseconds\"\n";
    let cases = [
        // A count of versions, and one in the eleven digits that could be seconds.
        ("5", "6", "4", "6000"),
        ("999998", "999999", "999997", "999999000"),
        ("1768446000.25", "1768446000.5", "1768446000", "1768446000500"),
        // Seconds whose digits are a date and an hour, in 2034.
        ("2026011503", "2026011504", "2026011502", "2026011504000"),
        ("4102444800", "4102444801", "4102444799", "4102444801000"),
    ];
    for (first, newer, older, held) in cases {
        let harness = numbers();
        harness.write("policy.toml", policy);
        let line = |id: u64, time: &str| {
            format!("{{\"user_id\":7,\"recommended_note_ids\":[{id}],\"generated_at\":{time}}}\n")
        };
        for (id, time, written) in [(1, first, 1), (2, newer, 1), (3, older, 0), (4, newer, 0)] {
            harness.write("in.jsonl", line(id, time));
            let code = if written == 1 { 0 } else { 5 };
            let report = harness.json(code, ["backfill", "in.jsonl", "--policy", "policy.toml"]);
            assert_eq!(report["entries"]["written"], written, "{time} after {first}: {report}");
        }
        assert_eq!(items(&harness)["7"], format!("[2] generated_at={held}"));
        harness.write("in.jsonl", line(2, newer));
        harness.json(0, ["verify", "in.jsonl", "--policy", "policy.toml"]);
    }
}

#[test]
fn classify_goes_by_the_same_keys_times_and_types() {
    let mut harness = shared_table();
    let sqs = harness.the_sandbox().sqs();
    sqs.create_queue("recs-dlq", &[]).expect("the DLQ is created");
    let policy = json!({"deadLetterTargetArn": sqs.queue_arn("recs-dlq"), "maxReceiveCount": 5});
    sqs.create_queue("recs", &[("RedrivePolicy", &policy.to_string())]).expect("created");
    harness.set("RECOCTL_QUEUE", "recs");
    for (user, time) in [("USER#1", 1_768_445_999), ("USER#2", 1_768_446_001)] {
        let made = ("generated_at", s("2026-01-15T03:00:00Z"));
        let key = [("pk", s(user)), ("sk", s("RECS#v2")), made];
        put(&harness, &[&key[..], &[("recommended_note_ids", list(&[n(1)]))]].concat());
        let id = user.trim_start_matches("USER#");
        let body = json!({"data": [[id, [5, "n0123"]]], "generated_at": time}).to_string();
        let sqs = harness.the_sandbox().sqs();
        sqs.plant("recs-dlq", Planted { body, ..Planted::default() }).expect("planted");
    }
    let report = harness.json(0, ["dlq", "peek"]);
    let mut classes: Vec<String> = report["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| message["class"].as_str().expect("a class").to_owned())
        .collect();
    classes.sort();
    // The lists of user 1 are Numbers, which "n0123" is not.
    assert_eq!(classes, ["malformed", "malformed"]);
    let strings = "[item]\nkey = \"pk\"\nkey_prefix = \"USER#\"\nsort_key = \"sk\"\nsort_value = \"RECS#v2\"\nlist_type = \"S\"\n";
    harness.write("policy.toml", strings);
    let report = harness.json(0, ["dlq", "peek"]);
    let mut classes: Vec<&str> = report["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| message["class"].as_str().expect("a class"))
        .collect();
    classes.sort_unstable();
    assert_eq!(classes, ["retryable", "stale"]);
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

/// Ids of every script and form, in a table of Strings and in one of Numbers, by every key.
#[test]
fn ids_are_written_as_they_are_or_refused_by_name() {
    let long = "x".repeat(2048);
    let umlauts = "\u{fc}".repeat(1024);
    let texts = [
        "\u{645}\u{633}\u{62a}\u{62e}\u{62f}\u{645}",
        "\u{e1c}\u{e39}\u{e49}\u{e43}\u{e0a}\u{e49}",
        "\u{1f469}\u{200d}\u{1f467}",
        "it's",
        "say \"x\"",
        "a\0b",
        "1e3",
        "-0",
        "0.10",
        "+1",
        "\u{ff10}\u{ff17}",
        &long,
        &umlauts,
    ];
    let numbers_too = ["-7".to_owned(), "9".repeat(38)];
    let all = texts.iter().copied().chain(numbers_too.iter().map(String::as_str));
    let lines: String = all.clone().map(|id| json!([id, [1, id]]).to_string() + "\n").collect();
    let strings = harness(ScalarAttributeType::S, None);
    // Too long for any key, by one byte.
    let over = [format!("{long}x"), format!("{umlauts}x")];
    let over_lines: String = over.iter().map(|id| json!([id, [1]]).to_string() + "\n").collect();
    strings.write("in.jsonl", lines.clone() + &over_lines);
    let report = strings.json(4, ["backfill", "in.jsonl"]);
    assert_eq!(report["rejected"], json!({ "key-too-long": 2 }));
    let held: Vec<String> = items(&strings).into_keys().collect();
    let mut expected: Vec<String> = all.clone().map(|id| format!("{id:?}")).collect();
    expected.sort();
    assert_eq!(held, expected);

    let in_numbers = numbers();
    in_numbers.write("in.jsonl", &lines);
    let report = in_numbers.json(4, ["backfill", "in.jsonl"]);
    assert_eq!(report["rejected"], json!({ "wrong-type": texts.len() }));
    let mut expected = numbers_too.to_vec();
    expected.sort();
    assert_eq!(items(&in_numbers).into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn a_sort_key_without_a_description_is_named() {
    let mut harness = shared_table();
    harness.write("in.jsonl", "[1,[2]]\n");
    harness.set("RECOCTL_POLICY", "");
    harness.set("RECOCTL_KEY", "pk");
    let told = error_of(&harness, 3, &["backfill", "in.jsonl"]);
    assert!(told.contains("sort_key = \"sk\""), "{told}");
    harness.write("other.toml", "[item]\nkey = \"pk\"\nsort_key = \"sort\"\nsort_value = \"R\"\n");
    let told = error_of(&harness, 3, &["backfill", "in.jsonl", "--policy", "other.toml"]);
    assert!(told.contains("the sort key \"sk\"") && told.contains("\"sort\""), "{told}");
    harness.write("half.toml", "[item]\nkey = \"pk\"\nsort_key = \"sk\"\n");
    let told = error_of(&harness, 3, &["backfill", "in.jsonl", "--policy", "half.toml"]);
    assert!(told.contains("sort_value"), "{told}");
}

#[test]
fn a_time_to_live_that_expires_nothing_is_refused() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[2]]\n");
    let args = ["backfill", "in.jsonl", "--ttl", "30d"];
    harness.json(0, args);
    expire_by(&harness, "expires_at", false);
    let told = error_of(&harness, 7, &args);
    assert!(told.contains("TTL is disabled on table") && told.contains("--ttl-anyway"), "{told}");
    let dry = error_of(&harness, 0, &[&args[..], &["--dry-run"]].concat());
    assert!(dry.contains("the items would not expire"), "{dry}");
    expire_by(&harness, "ttl", true);
    let told = error_of(&harness, 7, &args);
    assert!(told.contains("--ttl-attribute ttl"), "{told}");
    harness.json(0, [&args[..], &["--ttl-attribute", "ttl"]].concat());
    harness.json(0, [&args[..], &["--ttl-anyway"]].concat());
}

#[test]
fn a_table_that_was_made_anew_is_not_gone_on_with() {
    let harness = numbers();
    let lines: String = (0..50).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", lines);
    harness.json(0, ["backfill", "in.jsonl"]);
    let client = harness.dynamodb();
    harness.runtime.block_on(client.delete_table().table_name("recs").send()).expect("deleted");
    support::table::create(&harness, ScalarAttributeType::N);
    let told = error_of(&harness, 7, &["backfill", "in.jsonl", "--resume"]);
    assert!(told.contains("deleted and recreated") && told.contains("TableId"), "{told}");
    harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(items(&harness).len(), 50);
}

#[test]
fn a_resumed_run_writes_lists_as_the_first_did_whatever_the_table_holds_by_now() {
    let harness = numbers();
    let numbers: String = (0..30).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", numbers + "[99,[\"n0123\"]]\n");
    // What is written before the run is cut off are Numbers only.
    let args = ["backfill", "in.jsonl", "--shuffle-window", "0", "--max-rejects", "0"];
    harness.json(0, args);
    let report = harness.json(5, ["backfill", "in.jsonl", "--resume"]);
    assert_eq!(report["list_type_from"], "ids", "and not the table's, which holds some by now");
}

#[test]
fn a_reject_keeps_the_time_of_its_message() {
    let harness = numbers();
    let message = r#"{"data":[[1,[5]],["x",[6]],[2,"y"]],"generated_at":1768446000.25}"#;
    harness.write("in.jsonl", format!("{message}\n"));
    harness.json(4, ["backfill", "in.jsonl", "--rejects", "r.jsonl"]);
    let rejects = std::fs::read_to_string(harness.home.path().join("r.jsonl")).expect("there");
    let texts: Vec<String> = rejects
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect("JSON")["text"]
                .as_str()
                .expect("text")
                .to_owned()
        })
        .collect();
    let with = |entry: &str| format!(r#"{{"data":[{entry}],"generated_at":1768446000.25}}"#);
    assert_eq!(texts, [with(r#"["x",[6]]"#), with(r#"[2,"y"]"#)]);
}

#[test]
fn a_good_list_goes_to_the_queue_although_a_later_one_may_come_to_nothing() {
    let mut harness = numbers();
    let create = harness.sqs().create_queue().queue_name("recs").send();
    let queue = harness.runtime.block_on(create).expect("created");
    harness.set("RECOCTL_QUEUE", "recs");
    harness.write("in.jsonl", "[1,[1020,1041]]\n[1,[5000]]\n");
    let report = harness.json(0, ["backfill", "in.jsonl", "--via", "queue"]);
    assert_balanced(&report);
    assert_eq!(
        (&report["entries"]["written"], &report["entries"]["coalesced"]),
        (&json!(2), &json!(0))
    );
    let receive = harness.sqs().receive_message().queue_url(queue.queue_url().expect("a URL"));
    let answer = harness.runtime.block_on(receive.send()).expect("received");
    let bodies: Vec<_> = answer.messages().iter().filter_map(|m| m.body()).collect();
    assert_eq!(bodies, [r#"{"data":[[1,[1020,1041]],[1,[5000]]]}"#], "in one message, in order");
}
