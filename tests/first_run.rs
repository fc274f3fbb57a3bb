//! The first minute with recoctl: what is missing, what cannot be reached, what is about to change,
//! and what was probably meant.

mod support;

use assert_cmd::Command;
use reco_sandbox::SandboxOptions;
use support::{Harness, Ran};

/// Runs recoctl on a machine that is not set up.
fn bare(args: &[&str], env: &[(&str, &str)]) -> Ran {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("in.jsonl"), "[1,[2]]\n").expect("written");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
    command.env_clear().env("HOME", home.path()).env("AWS_EC2_METADATA_DISABLED", "true");
    Ran::of(command.envs(env.iter().copied()).current_dir(home.path()).args(args))
}

const REGION: (&str, &str) = ("AWS_REGION", "eu-west-1");
const KEY: (&str, &str) = ("AWS_ACCESS_KEY_ID", "key");
const SECRET: (&str, &str) = ("AWS_SECRET_ACCESS_KEY", "secret");

#[test]
fn all_that_is_missing_is_said_at_once() {
    for (args, env, missing, given) in [
        (
            &["dlq", "peek"][..],
            &[][..],
            &["queue", "AWS region", "AWS credentials"][..],
            &["table"][..],
        ),
        (&["dlq", "redrive"], &[REGION], &["queue", "AWS credentials"], &["AWS region"]),
        (&["dlq", "classify", "--queue", "q"], &[], &["AWS region", "AWS credentials"], &["queue"]),
        (&["dlq", "tasks", "list"], &[KEY, SECRET], &["queue", "AWS region"], &["AWS credentials"]),
        (&["verify", "in.jsonl"], &[], &["table", "AWS region", "AWS credentials"], &["queue"]),
        (&["metrics", "--queue", "q"], &[], &["AWS region", "AWS credentials"], &["queue"]),
    ] {
        let ran = bare(args, env)
            .ended(3)
            .says(format!("error: not set up yet: no {}\n", missing.join(", no ")))
            .says_all(missing.iter().map(|name| format!("hint: {name}: pass --")))
            .says("recoctl sandbox demo");
        for name in given {
            assert!(!ran.stderr.contains(&format!("hint: {name}:")), "{name}: {ran:#?}");
        }
    }
}

/// The README's first command. Each of its steps must end with a code that it may end with.
#[test]
fn the_tour_ends_well_and_shows_causes_outcomes_and_one_user() {
    let home = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
    command.env_clear().env("HOME", home.path()).current_dir(home.path());
    let shown = Ran::of(command.args(["sandbox", "demo"])).ended(0).stdout;
    for part in [
        "$ recoctl dlq classify --logs",
        "throttled writes to table",
        "--canary 1,10 --wait 1m",
        "users have the list",
        "$ recoctl user ",
        "End of the tour.",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn a_single_thing_that_is_missing_keeps_its_own_words() {
    let told = bare(&["dlq", "peek"], &[REGION, KEY, SECRET]).ended(3).stderr;
    assert!(told.starts_with("error: no queue is configured\n"), "{told}");
}

#[test]
fn an_endpoint_that_cannot_be_reached_is_said_once() {
    // Of a label of 64 letters no server is asked, which might take its time.
    let nowhere = format!("http://{}.invalid:9", "a".repeat(64));
    for endpoint in ["http://127.0.0.1:9", &nowhere] {
        for command in [&["dlq", "peek", "--queue", "q"][..], &["dlq", "redrive", "--queue", "q"]] {
            let env = [REGION, KEY, SECRET, ("AWS_ENDPOINT_URL", endpoint)];
            let told = bare(command, &env).ended(1).says("nothing was changed").stderr;
            let said = told.matches(&format!("cannot reach {endpoint}")).count();
            assert_eq!(said, 1, "{told}");
            assert_eq!(told.matches("error:").count(), 1, "{told}");
        }
    }
}

#[test]
fn account_region_and_queues_are_said_before_anything_changes() {
    let harness = support::queues::queues("", SandboxOptions::empty());
    support::queues::plant_sound(&harness, "", 3, 1);
    let queues = "account 000000000000, region us-east-1: DLQ recs-dlq, queue recs";
    for args in [
        &["dlq", "redrive", "-n", "1"][..],
        &["dlq", "purge", "-n", "1", "--newer-than", "1d", "--backup", "one.jsonl"],
        &["dlq", "export", "kept.jsonl", "--newer-than", "1d", "--and-delete"],
        &["dlq", "purge", "--all-now", "--yes"],
    ] {
        let told = harness.run(args).ended(0).stderr;
        assert_eq!(told.matches(queues).count(), 1, "{args:?}: {told}");
    }
    harness
        .run(["dlq", "import", "kept.jsonl", "--to", "recs-dlq", "--yes"])
        .ended(0)
        .says("account 000000000000, region us-east-1: queue recs-dlq");
    // Not before something that changes nothing.
    for args in [&["dlq", "peek"][..], &["dlq", "redrive", "--dry-run"]] {
        let told = harness.run(args).stderr;
        assert!(!told.contains("account "), "{args:?}: {told}");
    }
}

#[test]
fn a_wrong_word_is_answered_with_what_was_meant() {
    for (args, meant) in [
        (&["redrive"][..], "did you mean `recoctl dlq redrive`?"),
        (&["redrive", "--rate", "50"], "did you mean `recoctl dlq redrive`?"),
        (&["dlq", "peak"], "did you mean `recoctl dlq peek`?"),
        (&["dlq", "--queue", "q", "calssify"], "did you mean `recoctl dlq classify`?"),
        (&["dlq", "read"], "did you mean `recoctl dlq peek` or `recoctl dlq classify`?"),
        (&["dlq", "resume"], "did you mean `recoctl dlq journal resume`?"),
    ] {
        let told = bare(args, &[]).ended(2).says(meant).stderr;
        if args[1..].iter().any(|word| *word == "read" || *word == "peak") {
            assert!(!told.contains("redrive") && !told.contains("purge"), "{told}");
        }
    }
}

#[test]
fn habits_of_other_tools_work() {
    let harness = support::queues::queues("", SandboxOptions::empty());
    support::queues::plant_sound(&harness, "", 5, 1);
    for args in [&["dlq", "ls", "-n", "2"][..], &["dlq", "peek", "--limit", "2"]] {
        let report = harness.json(0, args);
        assert_eq!(report["messages"].as_array().map(Vec::len), Some(2), "{args:?}");
    }
    let report = harness.json(0, ["dlq", "redrive", "--rate", "50/s", "-n", "1"]);
    assert_eq!(report["counts"]["moved"], 1);
    let report = harness.json(0, ["dlq", "rm", "-n", "1", "--newer-than", "1d", "--backup", "b"]);
    assert_eq!(report["counts"]["deleted"], 1);
    assert_eq!(report["kind"], "dlq.purge");
    harness.json(0, ["dlq", "journal", "ls"]);
    harness.json(0, ["dlq", "tasks", "ls"]);
}

/// The rule stands first, then why, then what to do.
#[test]
fn a_refusal_says_the_rule() {
    let harness = support::queues::queues("", SandboxOptions::empty());
    support::queues::plant_sound(&harness, "", 1, 1);
    for (args, rule) in [
        (
            &["dlq", "purge", "--class", "retryable"][..],
            "error: refusing to purge without a backup\n",
        ),
        (
            &["dlq", "purge", "--backup", "b"],
            "error: refusing to go on without a confirmation: no terminal to prompt on\n",
        ),
        (&["dlq", "peek", "--dlq", "recs", "--queue", "recs-dlq"], ""),
    ] {
        let ran = harness.run(args).says(rule).says("hint:");
        assert_ne!(ran.code, Some(0), "{args:?}");
    }
}

/// What `recoctl man` does on a terminal: `script` gives it one.
#[test]
fn a_page_opens_in_man_on_a_terminal_and_is_roff_elsewhere() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    let roff = harness.run(["man", "dlq", "peek"]).stdout;
    assert!(roff.starts_with(".ie") || roff.contains(".SH NAME"));
    std::fs::create_dir(harness.home.path().join("bin")).expect("created");
    let man = harness.write("bin/man", "#!/bin/sh\necho \"page $1\"\ngrep -c EXAMPLES \"$1\"\n");
    let binary = assert_cmd::cargo::cargo_bin!("recoctl").display().to_string();
    let on_terminal = |path: &str| {
        let output = std::process::Command::new("script")
            .args(["-qec", &format!("{binary} man dlq peek"), "/dev/null"])
            .env_clear()
            .env("PATH", path)
            .env("HOME", harness.home.path())
            .env("SHELL", "/bin/sh")
            .stdin(std::process::Stdio::null())
            .output()
            .expect("script runs (util-linux)");
        Ran::from(output).stdout.replace('\r', "")
    };
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&man, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let bin = harness.home.path().join("bin").display().to_string();
    let shown = on_terminal(&format!("{bin}:/usr/bin:/bin"));
    assert!(shown.starts_with("page ") && shown.contains("recoctl-dlq-peek."), "{shown}");
    assert!(shown.contains("\n1\n"), "{shown}");
    // Without man, the help, because nobody reads roff.
    std::fs::write(&man, "#!/bin/sh\nexit 1\n").expect("written");
    let shown = on_terminal(&format!("{bin}:/usr/bin:/bin"));
    assert!(shown.contains("Usage: recoctl dlq peek") && !shown.contains(".SH"), "{shown}");
}
