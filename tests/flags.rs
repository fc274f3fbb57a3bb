//! Global flags: each has an effect where it is accepted, and is refused where it has none.

mod support;

use std::collections::BTreeSet;

use reco_sandbox::SandboxOptions;
use support::{Harness, Ran};

/// Global flags that may or may not apply to a command, each with a value if it takes one.
const FLAGS: [(&str, Option<&str>); 14] = [
    ("--env", Some("e")),
    ("--config", Some("recoctl.toml")),
    ("--profile", Some("p")),
    ("--region", Some("eu-west-1")),
    ("--endpoint-url", Some("http://127.0.0.1:9")),
    ("--sandbox", None),
    ("--queue", Some("q")),
    ("--dlq", Some("d")),
    ("--table", Some("t")),
    ("--function", Some("f")),
    ("--facts", Some("none")),
    ("--policy", Some("policy.toml")),
    ("--output", Some("json")),
    ("--reason", Some("INC-1")),
];

/// Every command with valid arguments, and the flags that apply to it: the letters of env, config,
/// profile, region, endpoint, sandbox, queue, dlq, table, function, facts, policy, output and reason;
/// `.` where the flag has no effect.
const COMMANDS: [(&str, &str); 39] = [
    ("dlq peek", "ecpresqdt.fpo."),
    ("dlq get 0123abcd", "ecpresqdt.fpo."),
    ("dlq classify", "ecpresqdtffpo."),
    ("dlq why 0123abcd", "ecpresqdtffpo."),
    ("dlq journal outcome 1", "ecpres..tffpo."),
    ("dlq rehearse", "ecpresqdt.fpo."),
    ("dlq rehearse out.jsonl", "ecpres..t.fpo."),
    ("dlq redrive", "ecpresqdtffpor"),
    ("dlq redrive --max-throttles 1/min", "ecpresqdtffpor"),
    ("dlq redrive --class all --engine native", "ecpresqd....or"),
    ("dlq export out.jsonl", "ecpresqdt.fpo."),
    ("dlq export out.jsonl --and-delete", "ecpresqdt.fpor"),
    ("dlq import out.jsonl", "ecpres......or"),
    ("dlq purge --class malformed --backup out.jsonl", "ecpresqdt.fpor"),
    ("dlq purge --all-now", "ecpresqd....or"),
    ("dlq tasks list", "ecpresqd....o."),
    ("dlq tasks cancel", "ecpresqd....or"),
    ("dlq journal list", "ec..e.......o."),
    ("dlq journal show 1", "ec..e.......o."),
    ("dlq journal resume 1", "ecpres......or"),
    ("dlq journal restore 1", "ecpres......or"),
    ("backfill in.jsonl", "ecpres..t.fpor"),
    ("backfill in.jsonl --via queue", "ecpresq...fpor"),
    ("backfill in.jsonl --emit dynamodb-json out", "ecpres..t.fpor"),
    ("verify in.jsonl", "ecpres..t.fpo."),
    ("user 1", "ecpres.dt.fpo."),
    ("user 1 --in-dlq", "ecpresqdt.fpo."),
    ("metrics", "ecpresqdtf..o."),
    ("facts check", "ecpres....f.o."),
    ("facts snapshot --out f.sqlite", "ecpres....f.o."),
    ("config show", "ecpresqdtffpo."),
    ("config trust absent.toml", "............o."),
    ("sandbox start", "ec.........po."),
    ("sandbox start --empty", "ec..........o."),
    ("sandbox demo", ".............."),
    ("sandbox load", "ec.........po."),
    ("completions bash", ".............."),
    ("man", ".............."),
    ("man dlq peek", ".............."),
];

/// Runs a command that fails early: its file, environment or server does
/// not exist.
fn early(harness: &Harness, words: &[&str]) -> Ran {
    let mut command = harness.recoctl(words.iter().copied());
    for (name, _) in harness.env() {
        command.env_remove(name);
    }
    Ran::of(command.timeout(std::time::Duration::from_secs(5)))
}

#[test]
fn a_flag_that_changes_nothing_is_a_usage_error() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    for (command, taken) in COMMANDS {
        assert_eq!(taken.len(), FLAGS.len(), "{command}");
        for ((flag, value), letter) in FLAGS.iter().zip(taken.chars()) {
            if letter != '.' {
                continue;
            }
            // Before and after the words of the command.
            for first in [true, false] {
                let mut words: Vec<&str> = command.split(' ').collect();
                let at = if first { 0 } else { words.len() };
                words.splice(at..at, [Some(*flag), *value].into_iter().flatten());
                let expected = format!("{flag} has no effect on `recoctl ");
                early(&harness, &words).ended(2).says(expected);
            }
        }
    }
}

#[test]
fn a_flag_that_changes_something_is_taken() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    for (command, taken) in COMMANDS {
        // Without `--sandbox`: a sandbox runs until it is stopped.
        let flags = FLAGS.iter().zip(taken.chars()).filter(|(_, letter)| *letter != '.');
        let flags: Vec<_> =
            flags.map(|(flag, _)| *flag).filter(|(flag, _)| *flag != "--sandbox").collect();
        if flags.is_empty() {
            continue;
        }
        let mut words: Vec<&str> = command.split(' ').collect();
        words.extend(flags.iter().flat_map(|(flag, value)| [Some(*flag), *value]).flatten());
        // The configuration file does not exist, so nothing else happens.
        early(&harness, &words).ended(3).never_says("has no effect");
    }
    for flag in
        [&["--profile", "p"][..], &["--region", "r"], &["--endpoint-url", "http://127.0.0.1:9"]]
    {
        let words = [&["dlq", "peek", "--sandbox"], flag].concat();
        early(&harness, &words).ended(2).says("with --sandbox");
    }
}

/// The table above contains every command.
#[test]
fn every_command_is_in_the_table() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    harness.recoctl(["man", "--out-dir", "pages"]).assert().success();
    let pages = std::fs::read_dir(harness.home.path().join("pages")).expect("pages");
    let pages: BTreeSet<String> = pages
        .map(|page| page.expect("a page").file_name().to_string_lossy().into_owned())
        .map(|page| {
            page.trim_end_matches(".1")
                .trim_start_matches("recoctl")
                .replace('-', " ")
                .trim()
                .to_owned()
        })
        .collect();
    let groups = |page: &str| pages.iter().any(|other| other.starts_with(&format!("{page} ")));
    for page in pages.iter().filter(|page| !page.is_empty() && !groups(page)) {
        let known = COMMANDS
            .iter()
            .any(|(command, _)| command == page || command.starts_with(&format!("{page} ")));
        assert!(known, "{page} is not in the table of commands");
    }
}

#[test]
fn the_sandbox_goes_by_the_policy_that_it_is_given() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    harness.write("policy.toml", "[limits]\nmin_len = \"x\"\n");
    let ran = early(&harness, &["sandbox", "start", "--policy", "policy.toml"]);
    assert_ne!(ran.says("policy policy.toml is invalid").code, Some(0));
}

/// Flags that every command takes on purpose, whether or not it has anything to suppress, log, paint
/// or ask: a script may always pass them.
const ALWAYS: [&str; 5] = ["--quiet", "--verbose", "-vv", "--no-color", "--no-input"];

#[test]
fn flags_of_output_and_prompts_are_taken_by_every_command() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    let mut commands: Vec<&str> = COMMANDS.iter().map(|(command, _)| *command).collect();
    // These would run, and go on.
    commands.retain(|command| !command.starts_with("sandbox") && !command.starts_with("man"));
    for command in commands {
        let mut words: Vec<&str> = command.split(' ').collect();
        words.extend(ALWAYS);
        // Far enough to be parsed and checked, and no further.
        let no_config =
            COMMANDS.iter().any(|(known, taken)| *known == command && taken.starts_with("ec"));
        words.extend(if no_config { &["--config", "absent.toml"][..] } else { &[] });
        let ran = early(&harness, &words).never_says("has no effect");
        assert_ne!(ran.code, Some(2), "{ran:#?}");
    }
    for command in ["man", "man dlq peek", "completions bash"] {
        let words: Vec<&str> = command.split(' ').chain(ALWAYS).collect();
        harness.recoctl(words).assert().success();
    }
}

/// What a command says on a terminal.
fn on_a_terminal(harness: &Harness, words: &[&str]) -> String {
    let binary = assert_cmd::cargo::cargo_bin!("recoctl").display().to_string();
    support::on_a_terminal(harness, &[&[binary.as_str()], words].concat().join(" "), "")
}

#[test]
fn each_of_them_changes_something_where_it_can() {
    let mut harness = support::queues::queues("", SandboxOptions::empty());
    harness.set("RECOCTL_TABLE", "recs");
    support::table::create(&harness, aws_sdk_dynamodb::types::ScalarAttributeType::N);
    harness.write("in.jsonl", "[1,[2]]\n");
    let stderr = |words: &[&str]| harness.run(words).ended(0).stderr;
    let backfill = ["backfill", "in.jsonl"];
    let plain = stderr(&backfill);
    assert!(!plain.is_empty(), "it says where requests go");
    assert_eq!(stderr(&[&backfill[..], &["--quiet"]].concat()), "");
    let logged = stderr(&[&backfill[..], &["-vv"]].concat());
    assert!(logged.len() > plain.len(), "{logged}");
    let painted = on_a_terminal(&harness, &backfill);
    assert!(painted.contains("\u{1b}[3") || painted.contains("\u{1b}[1m"), "{painted:?}");
    let colours = on_a_terminal(&harness, &[&backfill[..], &["--no-color"]].concat());
    assert!(!colours.contains("\u{1b}[3") && !colours.contains("\u{1b}[1m"), "{colours:?}");

    let purge = ["dlq", "purge", "--dlq", "recs-dlq", "--all-now"];
    let asked = on_a_terminal(&harness, &purge);
    let refused = on_a_terminal(&harness, &[&purge[..], &["--no-input"]].concat());
    assert_ne!(asked, refused);
    assert!(refused.contains("--yes"), "{refused:?}");
}
