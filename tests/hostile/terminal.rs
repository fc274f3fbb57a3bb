//! Text quoted from files and settings must not control the terminal.

use crate::kit::Place;

const RAW: &str = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{1b}]8;;http://x\u{1b}\\\u{9d}52;c;\u{9c}\r\u{200b}\u{ad}";

#[test]
fn settings_and_keys_are_shown_as_text() {
    let place = Place::new();
    place.write("recoctl.toml", "queue = \"a\\u001b[2J\\u009b31m\\u202ex\"\n");
    let ran = place.run(&["config", "show"]).ended(0);
    assert!(ran.stdout.contains("a\\u{1b}[2J\\u{9b}31m\\u{202e}x"), "{}", ran.stdout);
    place.run(&["config", "show", "--output", "json"]).ended(0);
    place.run(&["config", "show", "--output", "jsonl"]).ended(0);
    place.write("recoctl.toml", "\"que\\u001b[2J\\nerror: x\" = \"a\"\n");
    let ran = place.run(&["config", "show"]).ended(3);
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("error:")).count(), 1);
    place.write("recoctl.toml", "default_env = \"\\u001b[2J\"\n[env.\"\\u009b\"]\n");
    place.run(&["config", "show"]).ended(3);
}

#[test]
fn what_was_typed_or_pasted_is_shown_as_text() {
    let place = Place::new();
    for args in [
        vec!["--output", RAW, "config", "show"],
        vec!["dlq", "peek", "--class", RAW],
        vec![RAW],
        vec!["dlq", "peek", "--where", RAW],
        vec!["dlq", "peek", "--id", RAW, "--dlq", RAW],
        vec!["config", "show", "--policy", RAW],
        vec!["config", "show", "--config", RAW],
        vec!["facts", "check", "--facts", RAW],
        vec!["backfill", RAW, "--dry-run"],
        vec!["dlq", "redrive", "--plan", RAW],
        vec!["dlq", "journal", "show", RAW],
        vec!["dlq", "import", RAW],
        vec!["-vv", "config", "show", "--queue", RAW],
    ] {
        place.run_with("AWS_ENDPOINT_URL", "http://127.0.0.1:1", &args).ended_by_itself();
    }
}

#[test]
fn passwords_are_masked_and_one_on_the_command_line_is_warned_of() {
    let place = Place::new();
    for facts in [
        "mysql://ro:hunter2@db.example/app",
        "mysql:ro:hunter2@db.example/app",
        "//ro:hunter2@db.example/app",
        "mysql://ro@db.example/app?password=hunter2",
    ] {
        let args = ["config", "show", "--facts", facts];
        place.run(&args).ended(0).says("RECOCTL_FACTS").never_says("hunter2");
        let ran = place.run_with("RECOCTL_FACTS", facts, &["config", "show", "-o", "json"]);
        assert!(ran.stderr.is_empty(), "{ran:#?}");
        ran.ended(0).never_says("hunter2");
        place.run(&["facts", "check", "--facts", facts]).never_says("hunter2");
    }
    let args = ["config", "show", "--endpoint-url", "http://u:hunter2@127.0.0.1:1"];
    place.run(&args).ended(0).says("--endpoint-url is visible").never_says("hunter2");
}
