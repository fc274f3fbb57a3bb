//! `--emit dynamodb-json`: the files contain what a direct backfill writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aws_sdk_dynamodb::types::ScalarAttributeType;
use serde_json::{Value, json};

use super::kit::{Items, assert_balanced, harness, mixed_lines, scan};
use crate::support::{Harness, Ran};

/// Decompresses with another program than recoctl, where there is one.
fn decompressed(path: &Path) -> String {
    let name = path.to_str().expect("UTF-8");
    let program = match name.rsplit('.').next() {
        Some("gz") => "gzip",
        Some("zst") => {
            // `zstd` is not installed everywhere; the library that reads inputs is available.
            let file = std::fs::File::open(path).expect("opens");
            let text = zstd::stream::decode_all(file).expect("decompresses");
            return String::from_utf8(text).expect("UTF-8");
        }
        _ => return std::fs::read_to_string(path).expect("is there"),
    };
    let output = Command::new(program).args(["-dc", name]).output().expect("gzip runs");
    Ran::from(output).ended(0).stdout
}

/// Reads the parts of a directory as AWS documents the format, checking them against the manifest.
fn read_back(directory: &Path) -> (Value, Items) {
    let manifest = std::fs::read_to_string(directory.join("manifest.json")).expect("is there");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let mut items = Items::new();
    let mut total = 0;
    for part in manifest["parts"].as_array().expect("a list") {
        let path = directory.join(part["file"].as_str().expect("a name"));
        let stored = std::fs::metadata(&path).expect("is there").len();
        assert_eq!(part["stored_bytes"], stored);
        assert_eq!(part["sha256"], digest("sha256sum", &path));
        assert_eq!(part["md5"], digest("md5sum", &path));
        let text = decompressed(&path);
        assert_eq!(part["bytes"], text.len());
        assert_eq!(part["items"], text.lines().count());
        for line in text.lines() {
            let mut line: Value = serde_json::from_str(line).expect("JSON");
            let object = line.as_object_mut().expect("an object");
            let item = object.remove("Item").expect("an item");
            assert!(object.is_empty(), "nothing but the item");
            let sorted: BTreeMap<String, Value> = serde_json::from_value(item).expect("attributes");
            let key = sorted["user_id"].to_string();
            assert!(items.insert(key.clone(), json!(sorted)).is_none(), "{key} is there twice");
            total += 1;
        }
    }
    assert_eq!(manifest["totals"]["items"], total);
    let names = |path: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(path)
            .expect("read")
            .map(|entry| entry.expect("an entry").path())
            .collect()
    };
    assert_eq!(
        names(&directory.join("data")).len(),
        manifest["parts"].as_array().map_or(0, Vec::len)
    );
    assert_eq!(names(directory).len(), 3, "data, manifest and readme, and nothing else");
    (manifest, items)
}

fn digest(program: &str, path: &Path) -> String {
    let text = Ran::from(Command::new(program).arg(path).output().expect("it runs")).stdout;
    text.split_whitespace().next().expect("a digest").to_owned()
}

#[test]
fn the_files_hold_what_a_direct_backfill_writes() {
    for kind in [ScalarAttributeType::N, ScalarAttributeType::S] {
        let harness = harness(kind);
        harness.write("in.jsonl", mixed_lines());
        // The lines have ids of both types, and after the first run the table holds some.
        let direct = harness.json(4, ["backfill", "in.jsonl", "--list-type", "N"]);
        let table = scan(&harness, "recs");
        for (compression, extra) in [("gzip", "256M"), ("zstd", "16K"), ("none", "16K")] {
            let report = harness.json(
                4,
                [
                    "backfill",
                    "in.jsonl",
                    "--emit",
                    "dynamodb-json",
                    compression,
                    "--emit-compression",
                    compression,
                    "--part-size",
                    extra,
                    "--list-type",
                    "N",
                ],
            );
            assert_balanced(&report);
            let (manifest, items) = read_back(&harness.home.path().join(compression));
            assert_eq!(items, table, "{compression}");
            assert_eq!(report["emit"]["items"], table.len());
            assert_eq!(report["entries"]["written"], table.len());
            assert_eq!(report["items"]["wcu"], table.len());
            assert_eq!(report["rejected"], direct["rejected"]);
            assert_eq!(manifest["complete"], false, "lines were rejected");
            let parts = report["emit"]["parts"].as_u64().expect("a count");
            assert!((extra == "16K") == (parts > 1), "{parts} parts of {extra}");
        }
    }
}

#[test]
fn shards_make_files_that_stand_side_by_side() {
    let harness = harness(ScalarAttributeType::N);
    harness.write("in.jsonl", mixed_lines());
    harness.json(4, ["backfill", "in.jsonl", "--list-type", "N"]);
    let (mut all, mut names) = (Items::new(), Vec::new());
    for shard in ["1/2", "2/2"] {
        let directory = shard.replace('/', "of");
        let args =
            ["backfill", "in.jsonl", "--shard", shard, "--emit", "dynamodb-json", &directory];
        harness.json(4, args.into_iter().chain(["--list-type", "N"]));
        let (manifest, items) = read_back(&harness.home.path().join(&directory));
        assert_eq!(manifest["shard"], shard);
        names
            .extend(manifest["parts"].as_array().expect("parts").iter().map(|p| p["file"].clone()));
        let disjoint = items.keys().all(|key| !all.contains_key(key));
        assert!(disjoint, "a user is in one shard");
        all.extend(items);
    }
    assert_eq!(
        names,
        [json!("data/part-1of2-00001.json.gz"), json!("data/part-2of2-00001.json.gz")]
    );
    assert_eq!(all, scan(&harness, "recs"));
}

/// Nothing comes of a run whose lines are all refused: it leaves nothing, and takes away nothing that
/// is not its own.
#[test]
fn a_run_that_comes_to_nothing_leaves_the_directory_as_it_was() {
    let harness = harness(ScalarAttributeType::N);
    harness.write("in.jsonl", "nonsense\n");
    let (own, new) = (harness.home.path().join("own"), harness.home.path().join("new"));
    std::fs::create_dir(&own).expect("made");
    for directory in ["own", "new"] {
        harness.run(["backfill", "in.jsonl", "--emit", "dynamodb-json", directory]);
    }
    assert!(own.is_dir(), "the operator made it");
    assert_eq!(std::fs::read_dir(&own).expect("readable").count(), 0);
    assert!(!new.exists(), "the run made it");
}

#[test]
fn files_are_private_and_a_directory_that_is_used_is_left_alone() {
    let harness = harness(ScalarAttributeType::N);
    harness.write("in.jsonl", "[1,[2]]\n[1,[3]]\n");
    let args = ["backfill", "in.jsonl", "--emit", "dynamodb-json", "out"];
    let report = harness.json(0, args.iter().copied().chain(["--s3", "s3://bucket/reco"]));
    let out = harness.home.path().join("out");
    let (manifest, items) = read_back(&out);
    assert_eq!(items.len(), 1);
    assert_eq!(manifest["complete"], true);
    assert_eq!(manifest["key_schema"]["attribute_type"], "N");
    assert_eq!(manifest["inputs"][0]["name"], "in.jsonl");
    assert_eq!(report["entries"]["coalesced"], 1);
    let upload = report["emit"]["commands"]["upload"].as_str().expect("a command");
    assert_eq!(upload, "aws s3 sync out/data s3://bucket/reco/");
    let readme = std::fs::read_to_string(out.join("README.txt")).expect("is there");
    assert!(readme.contains("start-bulk-put-items --table-name recs "), "{readme}");
    #[cfg(unix)]
    {
        use crate::support::mode;
        assert_eq!(mode(&out), 0o700);
        let part = manifest["parts"][0]["file"].as_str().expect("a name");
        for file in ["manifest.json", "README.txt", part] {
            assert_eq!(mode(out.join(file)), 0o600, "{file}");
        }
    }

    let before = manifest.to_string();
    insta::assert_snapshot!(harness.run(args).ended(8).told());
    assert_eq!(read_back(&out).0.to_string(), before);
    let unknown = ["backfill", "in.jsonl", "--emit", "ion", "elsewhere"];
    harness.run(unknown).ended(2);
    assert!(!harness.home.path().join("elsewhere").exists());
}

#[test]
fn without_anything_to_write_there_are_no_files() {
    let harness = harness(ScalarAttributeType::N);
    harness.write("in.jsonl", "[1,[]]\n");
    let report = harness.json(5, ["backfill", "in.jsonl", "--emit", "dynamodb-json", "out"]);
    assert_balanced(&report);
    assert_eq!(report["emit"], Value::Null);
    assert!(!harness.home.path().join("out").exists());
}

#[test]
fn a_removal_leaves_the_users_earlier_list_out_of_the_files() {
    let harness = harness(ScalarAttributeType::N);
    let removal = |user: i64| format!("{{\"user_id\":{user},\"delete\":true}}\n");
    // Removals far away, adjacent, and before a list that stays.
    let others: String = (100..4100).map(|user| format!("[{user},[1]]\n")).collect();
    let lines =
        format!("[1,[2]]\n[2,[2]]\n{}{others}{}{}[3,[4]]\n", removal(2), removal(1), removal(3));
    harness.write("in.jsonl", lines);
    let args = ["backfill", "in.jsonl", "--emit", "dynamodb-json", "out", "--attr", "model=v7"];
    let report = harness.json(0, args);
    assert_balanced(&report);
    assert_eq!(report["rejected"], json!({}));
    assert_eq!(report["emit"]["removals"], report["entries"]["deleted"]);
    assert!(report["entries"]["deleted"].as_u64() >= Some(2), "{report}");
    let (_, items) = read_back(&harness.home.path().join("out"));
    assert_eq!(items.len(), 4001);
    assert!(!items.contains_key("{\"N\":\"1\"}") && !items.contains_key("{\"N\":\"2\"}"));
    assert_eq!(items["{\"N\":\"3\"}"]["model"], json!({ "S": "v7" }), "constants are in them");
    Ran::of(harness.recoctl(args).arg("--if-newer")).ended(2);
}

#[test]
fn no_table_is_needed() {
    let harness = harness(ScalarAttributeType::N);
    harness.write("in.jsonl", "[1,[2]]\n");
    let mut command = harness.recoctl(["backfill", "in.jsonl", "--emit", "dynamodb-json", "out"]);
    command.env_remove("RECOCTL_TABLE").assert().success();
    let (manifest, items) = read_back(&harness.home.path().join("out"));
    assert_eq!((items.len(), &manifest["table"]), (1, &Value::Null));
}

/// Starts a run that waits for more input, with some items gathered already.
fn waiting(harness: &Harness) -> std::process::Child {
    let args = ["backfill", "-", "--emit", "dynamodb-json", "out", "--output", "json"];
    let mut child = harness.process(&args).spawn().expect("runs");
    let stdin = child.stdin.as_mut().expect("piped");
    let lines: String = (0..20_000).map(|user| format!("[{user},[1,2,3]]\n")).collect();
    std::io::Write::write_all(stdin, lines.as_bytes()).expect("fed");
    child
}

#[test]
fn an_interrupted_run_leaves_nothing_and_says_so() {
    let harness = harness(ScalarAttributeType::N);
    let mut child = waiting(&harness);
    let _more_may_come = child.stdin.take();
    let out = harness.home.path().join("out");
    crate::support::eventually("it has begun", Duration::from_secs(60), || out.exists());
    crate::support::interrupt(&child);
    let report = crate::support::finished(child).ended(130).report();
    assert_balanced(&report);
    assert_eq!(report["entries"]["written"], 0);
    assert_eq!(report["stopped"]["resume_from"]["line"], 1);
    assert_eq!(report["emit"], Value::Null);
    assert!(!out.exists(), "nothing is left behind");
}
