//! What is quoted from files and settings is text on the terminal.

use crate::kit::Place;

const RAW: &str = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";

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
        let mut command = place.command(&args);
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        let ran = crate::kit::Ran::of(command.output().unwrap());
        let code = ran.code.unwrap();
        ran.ended(code);
    }
}
