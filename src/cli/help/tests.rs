//! Every command's help.

use clap::Command;

use crate::cli;

/// Calls `visit` with every command and its words.
fn each(command: &Command, path: &str, visit: &mut impl FnMut(&Command, &str)) {
    visit(command, path);
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        each(sub, super::path_of(path, sub).as_str(), visit);
    }
}

fn built() -> Command {
    let mut command = cli::command().term_width(80);
    command.build();
    command
}

#[test]
fn every_command_has_examples_of_its_own_that_parse_and_fit_80_columns() {
    let mut seen = 0;
    each(&built(), "", &mut |command, path| {
        let examples = cli::examples(path);
        assert!((2..=4).contains(&examples.len()), "{path:?} has {} examples", examples.len());
        for (line, _) in examples {
            assert!(line.starts_with(&format!("recoctl {path}")), "{line} is not of {path:?}");
            let words: Vec<std::ffi::OsString> = words(line).map(Into::into).collect();
            match cli::parse(&words) {
                Ok(cli) => {
                    crate::applies::check(&cli).unwrap_or_else(|error| panic!("{line}: {error}"))
                }
                Err(error) => assert!(!error.use_stderr(), "{line}: {error}"),
            }
        }
        let text = super::text(path);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let short = command.clone().render_help().to_string();
        assert!(short.contains("Examples:"), "{path:?}");
        seen += 1;
    });
    assert!(seen > 30);
}

/// Splits a line as a shell would, up to a pipe or redirection.
fn words(line: &str) -> impl Iterator<Item = String> {
    let words = shlex::split(line).expect("a line for a shell");
    words.into_iter().take_while(|word| !["|", ">"].contains(&word.as_str()))
}

#[test]
fn no_command_shows_an_option_that_has_no_effect_on_it() {
    each(&built(), "", &mut |command, path| {
        for arg in command.get_arguments().filter(|arg| arg.is_global_set() && !arg.is_hide_set()) {
            let flag = super::flag(arg);
            assert!(
                path.is_empty()
                    || ["--help", "--version"].contains(&flag.as_str())
                    || crate::applies::takes_within(path, &flag),
                "{path} shows {flag}"
            );
        }
    });
}

#[test]
fn the_short_help_folds_global_options_into_one_line() {
    each(&built(), "", &mut |command, path| {
        let short = command.clone().render_help().to_string();
        assert!(!short.contains("\nConfiguration:"), "{path:?}: {short}");
        let folded = short.lines().filter(|line| line.starts_with("Global options: ")).count();
        assert_eq!(folded, 1, "{path:?}: {short}");
        let long = command.clone().render_long_help().to_string();
        assert!(long.contains("--no-input"), "{path:?}");
    });
}

#[test]
fn the_short_help_on_a_small_and_a_large_terminal() {
    for (columns, rows) in [(80, 24), (140, 40)] {
        let mut recoctl = cli::command().term_width(columns);
        recoctl.build();
        for name in ["dlq peek", "dlq get", "dlq purge", "dlq redrive"] {
            let found =
                name.split(' ').try_fold(&recoctl, |command, word| command.find_subcommand(word));
            let short = found.expect("a command").clone().render_help().to_string();
            for line in short.lines() {
                assert!(line.chars().count() <= columns, "{name}: {line}");
            }
            if name == "dlq get" {
                assert!(short.lines().count() < rows, "{name} fits one screen");
            }
            insta::assert_snapshot!(format!("{}-{columns}", name.replace(' ', "-")), short);
        }
    }
}

/// A flag's help says what it does here, and names no other command.
#[test]
fn no_flag_speaks_of_another_command() {
    let mut verbs: Vec<String> = Vec::new();
    each(&built(), "", &mut |command, path| {
        if !path.is_empty() && !command.has_subcommands() {
            verbs.push(path.to_owned());
        }
    });
    each(&built(), "", &mut |command, path| {
        // Its argument is a command.
        for arg in command.get_arguments().filter(|_| path != "man") {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            for verb in verbs.iter().filter(|verb| verb.contains(' ') && *verb != path) {
                let named = [format!("`{verb}`"), format!("`recoctl {verb}`")];
                assert!(!named.iter().any(|named| help.contains(named)), "{path}: {help}");
            }
            assert!(!help.contains("redrive defaults"), "{path}: {help}");
        }
    });
}
