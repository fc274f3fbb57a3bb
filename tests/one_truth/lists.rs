//! Ids and list types.

use super::*;

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
        harness.run(["backfill", "in.jsonl"]).ended(3).says(what).says("--list-type");
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
    harness.run([&base[..], &["--list-type", "S"]].concat()).ended(3).says("item.list_type");
    let mut renamed = harness;
    renamed.set("RECOCTL_LIST_ATTRIBUTE", "others");
    renamed.run(base).ended(3).says("\"recs\"").says("\"others\"");
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
fn an_attribute_that_is_null_counts_as_none() {
    let harness = numbers();
    put(&harness, &[("user_id", n(9)), ("recommended_note_ids", AttributeValue::Null(true))]);
    harness.write("in.jsonl", "[9,[\"n1\"]]\n");
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(report["list_type_from"], "ids");
    assert_eq!(items(&harness), expected(&[("9", r#"["n1"]"#)]));
    put(&harness, &[("user_id", n(9)), ("recommended_note_ids", AttributeValue::Null(true))]);
    let pipeline = function(&harness, "").expect("it starts");
    assert_eq!(invoke(&harness, &pipeline, &["[9,[5]]"]), [""; 0]);
    assert_eq!(items(&harness), expected(&[("9", "[5]")]));
}

/// The sample is of all parts of the table, and of more than a page of one: 60 of 1,000 items are
/// seen by it, wherever their keys are hashed to.
#[test]
fn a_few_lists_of_another_form_are_found_among_many() {
    let harness = numbers();
    let lists: String = (0..1000).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", lists);
    harness.json(0, ["backfill", "in.jsonl"]);
    for user in (0..1000).step_by(16) {
        let text = list(&[AttributeValue::M([("id".to_owned(), n(1))].into())]);
        put(&harness, &[("user_id", n(user)), ("recommended_note_ids", text)]);
    }
    harness.run(["backfill", "in.jsonl"]).ended(3).says("a list of maps");
    let refused = function(&harness, "").expect_err("refused");
    assert!(refused.contains("a list of maps"), "{refused}");
}

#[test]
fn who_goes_by_the_lambdas_rules_is_told_of_the_policy() {
    let mut harness = numbers();
    let create = harness.sqs().create_queue().queue_name("recs-dlq").send();
    harness.runtime.block_on(create).expect("created");
    harness.set("RECOCTL_DLQ", "recs-dlq");
    put(&harness, &[("user_id", n(9)), ("recommended_note_ids", s("[1,2]"))]);
    for args in [&["dlq", "peek"][..], &["dlq", "classify"], &["dlq", "export", "out.jsonl"]] {
        let told = harness.run(args).ended(3).stderr;
        assert!(told.contains("item.list_type") && !told.contains("--list-type"), "{told}");
    }
}
