//! Candidates for words on the line; the scripts are tested in real shells (`tests/completion.rs`).

use super::*;

struct Fixed;

impl Sources for Fixed {
    fn environments(&self, config: Option<&str>) -> Vec<String> {
        match config {
            Some("other.toml") => vec!["lab".to_owned()],
            _ => vec!["prod".to_owned(), "staging".to_owned()],
        }
    }

    fn runs(&self) -> Vec<String> {
        vec!["0123abcd".to_owned(), "feedbeef".to_owned()]
    }
}

fn recoctl() -> Command {
    let mut recoctl = crate::cli::tree();
    recoctl.build();
    recoctl
}

fn answer(line: &str) -> Completion {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    complete(&recoctl(), &words, &Fixed)
}

fn words(line: &str) -> Vec<String> {
    match answer(line) {
        Completion::Words(words) => words.into_iter().map(|word| word.value).collect(),
        Completion::Files(prefix) => panic!("{line}: files after {prefix:?}"),
    }
}

fn files(line: &str) -> String {
    match answer(line) {
        Completion::Files(prefix) => prefix,
        Completion::Words(words) => panic!("{line}: {words:?}"),
    }
}

#[test]
fn commands_come_before_options() {
    let first = words("");
    assert!(first.contains(&"dlq".to_owned()) && first.iter().all(|word| !word.starts_with('-')));
    assert_eq!(words("dlq pe"), ["peek"]);
    assert_eq!(words("dlq journal re"), ["resume", "restore"]);
    assert_eq!(words("--env prod dlq cl"), ["classify"]);
    // Where neither command nor value can follow, the options do.
    assert!(words("dlq tasks list ").contains(&"--queue".to_owned()));
}

#[test]
fn values_are_completed_in_lists_and_after_an_equals_sign() {
    assert_eq!(words("dlq peek --class ma"), ["malformed"]);
    assert_eq!(words("dlq peek --class=ma"), ["--class=malformed"]);
    assert_eq!(words("dlq peek --class malformed,fo"), ["malformed,foreign"]);
    assert_eq!(words("dlq peek --class=partial,ma"), ["--class=partial,malformed"]);
    let rest = words("dlq peek --class partial,");
    assert!(rest.contains(&"partial,empty".to_owned()));
    assert!(!rest.contains(&"partial,partial".to_owned()), "{rest:?}");
    assert_eq!(words("dlq classify --fail-on sta"), ["stale"]);
    assert_eq!(words("-o j"), ["json", "jsonl"]);
    assert_eq!(words("dlq peek -qo jsonl --output=ta"), ["--output=table"]);
    assert_eq!(words("dlq redrive --engine na"), ["native"]);
    assert_eq!(words("completions z"), ["zsh"]);
}

#[test]
fn files_are_completed_where_files_go() {
    assert_eq!(files("backfill "), "");
    assert_eq!(files("backfill one.jsonl two"), "");
    assert_eq!(files("dlq export "), "");
    assert_eq!(files("dlq purge --backup "), "");
    assert_eq!(files("dlq purge --backup=b"), "--backup=");
    assert_eq!(files("dlq redrive --plan p"), "");
    assert_eq!(files("--config "), "");
    assert_eq!(files("--policy=x"), "--policy=");
    assert_eq!(files("dlq peek --id @i"), "@");
    assert_eq!(files("dlq peek --user=@u"), "--user=@");
    assert_eq!(files("--facts sqlite:f"), "sqlite:");
    assert_eq!(files("dlq journal show ./j"), "");
    assert_eq!(files("sandbox start --iam-policy KEY=p"), "KEY=");
    assert_eq!(files("backfill --emit dynamodb-json d"), "", "the second value, then a file");
    assert_eq!(words("backfill --emit "), ["dynamodb-json"]);
    assert_eq!(words("--facts "), ["none", "sqlite:", "mysql://"]);
}

#[test]
fn environments_runs_and_pages_are_those_of_this_machine() {
    assert_eq!(words("--env "), ["prod", "staging"]);
    assert_eq!(words("dlq peek --env=st"), ["--env=staging"]);
    assert_eq!(words("--config other.toml --env "), ["lab"]);
    assert_eq!(words("--config=other.toml --env "), ["lab"]);
    assert_eq!(words("dlq journal resume "), ["0123abcd", "feedbeef"]);
    assert_eq!(words("dlq journal show fe"), ["feedbeef"]);
    assert_eq!(words("man dlq jour"), ["journal"]);
    assert!(words("man ").contains(&"backfill".to_owned()));
}

#[test]
fn an_option_is_offered_once_and_a_hidden_one_never() {
    let options = words("dlq peek --");
    for shown in ["--class", "--user", "--where", "--max", "--full", "--queue", "--output"] {
        assert!(options.contains(&shown.to_owned()), "{shown}");
    }
    assert!(!words("dlq peek --full --").contains(&"--full".to_owned()));
    // Neither without an effect, nor hidden, nor when typed in part.
    assert!(!words("dlq journal list --").contains(&"--queue".to_owned()));
    assert_eq!(words("verify --max-s"), [""; 0]);
    assert_eq!(words("dlq classify --al"), [""; 0]);
    assert_eq!(words("dlq journal list --que"), [""; 0]);
}

/// No option of any command is offered if it is hidden, and every visible one is.
#[test]
fn every_visible_option_of_every_command_is_offered() {
    fn each(command: &Command, path: &str) {
        let offered = words(format!("{path} --").trim_start());
        for arg in command.get_arguments() {
            let Some(long) = arg.get_long() else { continue };
            let is_offered = offered.contains(&format!("--{long}"));
            assert_eq!(is_offered, !arg.is_hide_set(), "{path} --{long}");
        }
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            each(sub, format!("{path} {}", sub.get_name()).trim_start());
        }
    }
    each(&recoctl(), "");
}

#[test]
fn generated_scripts_have_no_hidden_option() {
    for shell in [clap_complete::Shell::Elvish, clap_complete::Shell::PowerShell] {
        let script = script(shell, crate::cli::tree());
        assert!(script.contains("--older-than") && script.contains("--queue"), "{shell}");
        assert!(!script.contains("--max-suspects"), "{shell}");
    }
}

#[test]
fn odd_lines_are_harmless() {
    for line in ["--", "-- x", "nonsense x", "--nonsense=x", "-", "-zz", "dlq peek --class= ", "é"]
    {
        let _ = answer(line);
    }
    assert_eq!(complete(&recoctl(), &[], &Fixed), Completion::none());
}
