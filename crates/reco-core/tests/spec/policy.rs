//! Policy: accepted settings, and a fingerprint that changes only on purpose.

use reco_core::policy::{Limit, Policy, PolicyError};

#[test]
fn the_default_is_fixed() {
    insta::assert_snapshot!(format!(
        "{}sha256 {}",
        Policy::default().canonical(),
        Policy::default().fingerprint()
    ));
}

#[test]
fn an_empty_file_and_the_default_written_out_are_the_default() {
    assert_eq!(Policy::from_toml("").unwrap(), Policy::default());
    let written = toml::to_string(&Policy::default()).unwrap();
    assert_eq!(Policy::from_toml(&written).unwrap(), Policy::default());
    let off = Policy::from_toml("[limits]\nmax_len = false\nmin_len = false").unwrap();
    assert_eq!(Policy::from_toml(&toml::to_string(&off).unwrap()).unwrap(), off);
}

#[test]
fn each_rule_and_limit_changes_the_fingerprint() {
    let rules = [
        "user_known",
        "user_active",
        "no_duplicates",
        "article_known",
        "article_published",
        "not_own_article",
        "not_muted_author",
        "not_already_read",
    ];
    let limits = ["max_len = false", "max_len = 99", "min_len = false", "min_len = 2"];
    let mut files: Vec<String> =
        rules.iter().map(|rule| format!("[rules]\n{rule} = false")).collect();
    files.extend(limits.iter().map(|limit| format!("[limits]\n{limit}")));
    files.push("[writes]\nonly_newer = true".to_owned());
    let items = [
        "key = \"uid\"",
        "key_prefix = \"USER#\"",
        "sort_key = \"sk\"\nsort_value = \"RECS\"",
        "sort_key = \"sk\"\nsort_prefix = \"RECS\"",
        "list = \"l\"",
        "list_type = \"N\"",
        "list_type = \"S\"",
        "time = \"t\"",
        "time_form = \"milliseconds\"",
        "time_form = \"iso-8601\"",
    ];
    files.extend(items.iter().map(|item| format!("[item]\n{item}")));
    let mut seen = vec![Policy::default().fingerprint()];
    for file in files {
        let policy = Policy::from_toml(&file).unwrap();
        assert_eq!(Policy::from_toml(&policy.to_toml()).unwrap(), policy);
        let fingerprint = policy.fingerprint();
        assert!(!seen.contains(&fingerprint), "{file}");
        seen.push(fingerprint);
    }
}

#[test]
fn the_order_and_layout_of_a_file_do_not_change_the_fingerprint() {
    let one = "[rules]\nuser_known = false\n[limits]\nmax_len = 50\n";
    let other = "limits = { max_len = 50, min_len = 1 } # a comment\n\n[rules]\nnot_own_article = true\nuser_known = false";
    let [one, other] = [one, other].map(|text| Policy::from_toml(text).unwrap().fingerprint());
    assert_eq!(one, other);
}

#[test]
fn mistakes_are_refused_with_their_place() {
    let told: Vec<String> = [
        "[rules]\nuser_knwon = false",
        "[rule]\nuser_known = false",
        "[rules]\nuser_known = 0",
        "[limits]\nmax_len = 0",
        "[limits]\nmax_len = -1",
        "[limits]\nmax_len = \"many\"",
        "[limits]\nmax_len = true",
        "[limits]\nmin_len = true",
        "[limits]\nmin_len = 10\nmax_len = 9",
        "[rules\n",
    ]
    .iter()
    .map(|text| format!("{}\n", Policy::from_toml(text).unwrap_err()))
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_item_that_is_described_as_by_default_leaves_the_fingerprint_alone() {
    let told = "[item]\nkey = \"user_id\"\nlist = \"recommended_note_ids\"\n\
                time = \"generated_at\"\ntime_form = \"seconds\"\nkey_prefix = \"\"";
    let policy = Policy::from_toml(told).unwrap();
    assert_eq!(policy.fingerprint(), Policy::default().fingerprint());
}

#[test]
fn an_item_that_cannot_be_is_refused() {
    let refused =
        |item: &str| Policy::from_toml(&format!("[item]\n{item}")).expect_err(item).to_string();
    for (item, told) in [
        ("list = \"user_id\"", "\"user_id\" is configured twice"),
        ("time = \"\"", "item.time is empty"),
        ("sort_value = \"R\"", "requires item.sort_key"),
        ("sort_prefix = \"R\"", "requires item.sort_key"),
        ("sort_key = \"sk\"", "either sort_value"),
        ("sort_key = \"sk\"\nsort_value = \"R\"\nsort_prefix = \"R\"", "either sort_value"),
        ("sort_key = \"sk\"\nsort_value = \"\"", "item.sort_value is empty"),
        ("sort_key = \"user_id\"\nsort_value = \"R\"", "configured twice"),
        ("list_type = \"B\"", "unknown variant"),
        ("time_form = \"minutes\"", "unknown variant"),
        ("kye = \"x\"", "unknown field"),
    ] {
        assert!(refused(item).contains(told), "{}", refused(item));
    }
}

#[test]
fn limits_do_not_contradict_when_one_is_off() {
    let policy = Policy::from_toml("[limits]\nmin_len = 1000\nmax_len = false").unwrap();
    assert_eq!((policy.limits.min_len, policy.limits.max_len.get()), (Limit::at(1000), None));
    let contradiction = Policy::from_toml("[limits]\nmin_len = 101");
    assert!(matches!(contradiction, Err(PolicyError::Contradiction { min: 101, max: 100 })));
}

#[test]
fn only_a_policy_that_asks_facts_needs_them() {
    let mut policy = Policy::default();
    assert!(policy.rules.need_facts());
    policy = Policy::from_toml(
        "[rules]\nuser_known = false\nuser_active = false\narticle_known = false\n\
         article_published = false\nnot_own_article = false\nnot_muted_author = false\n\
         not_already_read = false",
    )
    .unwrap();
    assert!(!policy.rules.need_facts(), "duplicates need no facts");
}
