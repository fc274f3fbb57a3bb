//! Global flags that affect each command. A flag without an effect is refused, because the operator
//! expects it to count.

use crate::cli::Cli;
use crate::commands::Command;
use crate::commands::dlq::DlqCommand;
use crate::commands::dlq::journal::JournalCommand;
use crate::commands::dlq::redrive::EngineChoice;
#[cfg(feature = "sandbox")]
use crate::commands::sandbox::SandboxCommand;
use crate::context::Need;
use reco_ops::error::{Error, Kind, Result};

/// Names of flags.
pub type Flags = &'static [&'static str];

/// Flags for the config file and the output format.
const SETTINGS: Flags = &["--env", "--config", "--output"];
/// Flags for the AWS endpoint and credentials.
const AWS: Flags = &["--profile", "--region", "--endpoint-url", "--sandbox"];
/// Flags for the queues.
const QUEUES: Flags = &["--queue", "--dlq"];
/// Flags for the record of a change.
const RECORD: Flags = &["--reason"];
/// Flags that affect the classification of a list.
const JUDGEMENT: Flags = &["--table", "--facts", "--policy"];

/// Output and prompt flags, which apply to every command.
const ALWAYS: Flags = &["--quiet", "--verbose", "--no-color", "--no-input"];

/// Commands with their global flags, in addition to [`ALWAYS`].
const TABLE: &[(&str, &[Flags])] = &[
    ("dlq peek", &[SETTINGS, AWS, QUEUES, JUDGEMENT]),
    ("dlq get", &[SETTINGS, AWS, QUEUES, JUDGEMENT]),
    ("dlq classify", &[SETTINGS, AWS, QUEUES, JUDGEMENT, &["--function"]]),
    ("dlq why", &[SETTINGS, AWS, QUEUES, JUDGEMENT, &["--function"]]),
    ("dlq rehearse", &[SETTINGS, AWS, QUEUES, JUDGEMENT]),
    ("dlq redrive", &[SETTINGS, AWS, QUEUES, JUDGEMENT, RECORD, &["--function"]]),
    ("dlq export", &[SETTINGS, AWS, QUEUES, JUDGEMENT, RECORD]),
    ("dlq import", &[SETTINGS, AWS, RECORD]),
    ("dlq purge", &[SETTINGS, AWS, QUEUES, JUDGEMENT, RECORD]),
    ("dlq tasks list", &[SETTINGS, AWS, QUEUES]),
    ("dlq tasks cancel", &[SETTINGS, AWS, QUEUES, RECORD]),
    // Journals of endpoints other than AWS are in a separate directory.
    ("dlq journal list", &[SETTINGS, &["--endpoint-url"]]),
    ("dlq journal show", &[SETTINGS, &["--endpoint-url"]]),
    ("dlq journal outcome", &[SETTINGS, AWS, JUDGEMENT, &["--function"]]),
    ("dlq journal resume", &[SETTINGS, AWS, RECORD]),
    ("dlq journal restore", &[SETTINGS, AWS, RECORD]),
    ("backfill", &[SETTINGS, AWS, JUDGEMENT, RECORD, &["--queue"]]),
    ("verify", &[SETTINGS, AWS, JUDGEMENT]),
    ("user", &[SETTINGS, AWS, QUEUES, JUDGEMENT]),
    ("metrics", &[SETTINGS, AWS, QUEUES, &["--table", "--function"]]),
    ("facts check", &[SETTINGS, AWS, &["--facts"]]),
    ("facts snapshot", &[SETTINGS, AWS, &["--facts"]]),
    ("config show", &[SETTINGS, AWS, QUEUES, JUDGEMENT, &["--function"]]),
    ("config trust", &[&["--output"]]),
    ("sandbox start", &[SETTINGS, &["--policy"]]),
    ("sandbox demo", &[]),
    ("sandbox load", &[SETTINGS, &["--policy"]]),
    ("completions", &[]),
    ("man", &[]),
];

/// Returns whether a global flag affects a command. `command` may end in arguments.
pub fn takes(command: &str, flag: &str) -> bool {
    let words = |path: &str| {
        command.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let row = TABLE.iter().find(|(path, _)| words(path));
    row.is_none_or(|(_, flags)| flags.iter().any(|flags| flags.contains(&flag)))
        || ALWAYS.contains(&flag)
}

/// Returns whether a global flag affects a command, or any command of a group such as `dlq`.
pub fn takes_within(path: &str, flag: &str) -> bool {
    let below = |row: &&(&str, &[Flags])| {
        row.0.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let mut rows = TABLE.iter().filter(below).peekable();
    ALWAYS.contains(&flag)
        || rows.peek().is_none()
        || rows.any(|(_, flags)| flags.iter().any(|flags| flags.contains(&flag)))
}

/// Returns the resource that a command cannot do without.
pub fn need(command: &Command) -> Need {
    match command {
        Command::Backfill(args) if args.is_via_queue() => Need::Queue,
        Command::Backfill(_) | Command::Verify(_) | Command::User(_) => Need::Table,
        Command::Dlq(DlqCommand::Journal(JournalCommand::Outcome(_))) => Need::Table,
        Command::Dlq(DlqCommand::Import(_) | DlqCommand::Journal(_)) => Need::Nothing,
        #[cfg(feature = "sandbox")]
        Command::Dlq(DlqCommand::Rehearse(args)) if args.file.is_some() => Need::Table,
        Command::Dlq(_) => Need::Queue,
        _ => Need::Nothing,
    }
}

/// Returns the global flags that have no effect on a command line, given as it would be typed behind
/// `recoctl`, because of its other flags.
pub fn idle_on(line: &str) -> Flags {
    use clap::Parser as _;
    let words = shlex::split(line).unwrap_or_default();
    let parsed = Cli::try_parse_from(std::iter::once("recoctl".to_owned()).chain(words));
    // A placeholder, such as a run's id, may keep a line from being parsed.
    parsed.map_or(&[], |cli| idle(&cli).0)
}

/// Checks that every given global flag has an effect.
///
/// # Errors
/// A usage error that names the first flag without an effect.
pub fn check(cli: &Cli) -> Result<()> {
    let path = &cli.path;
    let (idle, why) = idle(cli);
    for flag in cli.given.iter().map(String::as_str) {
        let why = if !takes(path, flag) {
            String::new()
        } else if idle.contains(&flag) {
            format!(" {why}")
        } else if cli.global.in_sandbox() && AWS.contains(&flag) && flag != "--sandbox" {
            " with --sandbox".to_owned()
        } else {
            continue;
        };
        let message = format!("{flag} has no effect on `recoctl {path}`{why}");
        return Err(Error::new(Kind::Usage, message).hint("leave it out"));
    }
    Ok(())
}

/// Returns the flags that have no effect on this command because of its other flags, and the
/// reason.
fn idle(Cli { global, command, .. }: &Cli) -> (Flags, &'static str) {
    match command {
        Command::Backfill(args) if args.is_via_queue() => {
            (&["--table"], "with --via queue: the Lambda has its own")
        }
        Command::Backfill(_) => (&["--queue"], "without --via queue"),
        #[cfg(feature = "sandbox")]
        Command::Dlq(DlqCommand::Rehearse(args)) if args.file.is_some() => {
            (QUEUES, "on an export: no queue is read")
        }
        Command::User(args) if !args.in_dlq && global.dlq.is_none() => {
            (&["--queue"], "without --in-dlq or --dlq")
        }
        Command::Dlq(DlqCommand::Export(args)) if !args.and_delete => {
            (RECORD, "without --and-delete: an export changes nothing")
        }
        Command::Dlq(DlqCommand::Purge(args)) if args.all_now => (JUDGEMENT, "with --all-now"),
        Command::Dlq(DlqCommand::Redrive(args)) if args.engine == EngineChoice::Native => (
            &["--table", "--facts", "--policy", "--function"],
            "with --engine native: SQS moves messages as they are",
        ),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(SandboxCommand::Start(args)) if args.empty => {
            (&["--policy"], "with --empty: the sandbox has no function")
        }
        _ => (&[], ""),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Every flag in the table exists, and every global flag is in the table.
    #[test]
    fn the_table_names_the_global_flags() {
        let cli = Cli::command();
        let global: Vec<String> = cli
            .get_arguments()
            .filter(|arg| arg.is_global_set())
            .filter_map(|arg| arg.get_long())
            .map(|name| format!("--{name}"))
            .collect();
        let known: Vec<&str> =
            [SETTINGS, AWS, QUEUES, RECORD, JUDGEMENT, &["--function"], ALWAYS].concat();
        for flag in &global {
            assert!(known.contains(&flag.as_str()), "{flag} is not in the table of commands");
        }
        let built = |flag: &&str| cfg!(feature = "sandbox") || *flag != "--sandbox";
        for flag in known.into_iter().filter(built) {
            assert!(global.iter().any(|global| global == flag), "{flag} is no global flag");
        }
    }

    /// A command without a row would take every flag.
    #[test]
    fn every_command_has_a_row() {
        fn leaves(command: &clap::Command, path: &str, all: &mut Vec<String>) {
            for one in command.get_subcommands().filter(|one| one.get_name() != "help") {
                let path = format!("{path} {}", one.get_name());
                match one.has_subcommands() {
                    true => leaves(one, &path, all),
                    false => all.push(path.trim().to_owned()),
                }
            }
        }
        let mut all = Vec::new();
        leaves(&Cli::command(), "", &mut all);
        for path in all {
            assert!(TABLE.iter().any(|(known, _)| *known == path), "{path}");
        }
    }

    #[test]
    fn commands_are_told_by_their_words() {
        assert!(takes("dlq redrive --rate 50", "--queue"));
        assert!(takes("dlq journal resume 7", "--region"));
        assert!(!takes("dlq journal resume 7", "--queue"));
        assert!(!takes("dlq tasks list", "--facts"));
        assert!(takes("man", "--quiet") && !takes("man", "--output"));
    }
}
