//! One run: parse arguments, set up, dispatch, return the exit code.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use reco_core::outcome::Outcome;
use reco_store::facts::without_password;
use tokio_util::sync::CancellationToken;

use crate::cli::{self, Cli};
use crate::commands::Command;
use crate::commands::config::ConfigCommand;
use crate::config::{Key, Setting, SettingSource, Settings};
use crate::context::Context;
use crate::ui::{self, OutputFormat, Ui, UiOptions};
use crate::{applies, commands, completion, exit, limits, logging, signals};
use reco_ops::aws::Watch;
use reco_ops::error::{Error, Kind, Result};
use reco_ops::event::Signer;
use reco_ops::files::safe_file;
use reco_ops::jq;

/// Time for a command that handles the signal itself to print its own message.
const MOMENT: Duration = Duration::from_millis(300);

/// Runs recoctl with these arguments.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|mode| mode == jq::MODE) {
        return jq::serve();
    }
    if args.get(1).is_some_and(|mode| mode == completion::MODE) {
        return answer_shell(&args);
    }
    safe_file::leave_no_core();
    ui::tame_panics();
    let cli = match cli::parse(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout and are not failures.
            ui::usage(&error);
            return ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::SUCCESS });
        }
    };
    let ui = Ui::from_process(UiOptions {
        quiet: cli.global.quiet,
        no_color: cli.global.no_color,
        no_input: cli.global.no_input,
        verbose: cli.global.verbose > 0,
    });
    logging::init(cli.global.verbose);
    let code = match limits::fit().and_then(|()| dispatch(cli, ui.clone())) {
        Ok(outcome) => exit::of_outcome(outcome),
        Err(error) => {
            ui.error(&error);
            exit::of_error(&error)
        }
    };
    ExitCode::from(code)
}

/// Answers a completion script: `recoctl __complete -- WORDS`.
fn answer_shell(args: &[OsString]) -> ExitCode {
    // After the mode and `--`.
    let words: Vec<String> =
        args.iter().skip(3).map(|word| word.to_string_lossy().into_owned()).collect();
    let ui = Ui::from_process(UiOptions { quiet: true, ..UiOptions::default() });
    match commands::completions::answer(&ui, &words, cli::tree()) {
        Ok(()) => ExitCode::from(exit::SUCCESS),
        Err(error) => ExitCode::from(exit::of_error(&error)),
    }
}

fn dispatch(cli: Cli, mut ui: Ui) -> Result<Outcome> {
    applies::check(&cli)?;
    // Neither needs settings, a runtime or AWS: they work on a machine without any setup.
    match &cli.command {
        Command::Completions(args) => return commands::completions::run(&ui, args, cli::tree()),
        Command::Man(args) => return commands::man::run(&ui, args, cli::tree()),
        // The file need not be in use yet.
        Command::Config(ConfigCommand::Trust(args)) => {
            ui.output = cli.global.output.unwrap_or_default();
            return commands::config::trust(&ui, args);
        }
        _ => {}
    }
    let settings = Settings::resolve(&cli.global, &|name| std::env::var(name).ok())?;
    ui.output = output_format(&settings)?;
    warn_of_passwords(&settings, &ui);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Internal, "cannot start the runtime").because(&error))?;
    let outcome = runtime.block_on(supervise(cli, settings, ui));
    // A read of stdin cannot be cancelled, and an interrupted run must not wait for it.
    runtime.shutdown_background();
    outcome
}

/// Warns of passwords in flags: all users of the machine can read a process's arguments.
fn warn_of_passwords(settings: &Settings, ui: &Ui) {
    for key in [Key::Facts, Key::EndpointUrl] {
        let Some(Setting { value, source: SettingSource::Flag(flag) }) = settings.get(key) else {
            continue;
        };
        if without_password(value) != *value {
            let variable = key.variable();
            ui.warn(format!(
                "the password in {flag} is visible in the process list (ps) and the shell history: put the URL into {variable}, or into a config file that only you can read"
            ));
        }
    }
}

fn output_format(settings: &Settings) -> Result<OutputFormat> {
    let text = settings.value(Key::Output).unwrap_or("table");
    OutputFormat::from_str(text, true).map_err(|_| {
        Error::config(format!("unknown output format {text:?}")).hint("known: table, json, jsonl")
    })
}

/// Runs the command while listening for signals: the first asks it to finish what is in flight, a
/// second one stops it at once.
async fn supervise(cli: Cli, settings: Settings, ui: Ui) -> Result<Outcome> {
    let cancel = CancellationToken::new();
    let second = signals::listen(cancel.clone(), ui.clone());
    let watch = Watch::new(cancel.clone());
    let in_sandbox = cli.global.in_sandbox();
    if in_sandbox || ends_in_its_own_way(&cli.command) {
        watch.begin_work();
    }
    let (early, silence) = (early(cancel.clone(), watch.clone()), watch.clone());
    let (told, teller) = (watch.clone(), ui.clone());
    let work = async {
        #[cfg(feature = "sandbox")]
        let mut context = match in_sandbox {
            true => Context::with_sandbox(settings, ui, cancel).await?,
            false => Context::new(settings, ui, cancel),
        };
        #[cfg(not(feature = "sandbox"))]
        let mut context = Context::new(settings, ui, cancel);
        context.watch = watch;
        context.signer = Signer::new(cli.global.reason.as_deref());
        let need = applies::need(&cli.command);
        let outcome = match commands::run(&context, cli.command, cli::tree).await {
            Err(error) => Err(context.with_all_missing(error, need).await),
            outcome => outcome,
        };
        context.close().await;
        outcome
    };
    tokio::select! {
        biased;
        outcome = work => outcome,
        () = early => Err(Error::new(
            Kind::Interrupted,
            "stopped by a signal before any message was received or changed",
        )),
        error = silence.silence() => Err(error),
        never = told.tell_silences(|words| teller.warn(words)) => match never {},
        () = second => Err(Error::new(Kind::Interrupted, "stopped immediately by a second signal").hint(
            "messages in flight become visible again when their visibility timeout ends",
        )),
    }
}

/// Returns whether a command has more to do after the first signal than to end, even if it has
/// received and changed nothing in AWS: reports of earlier work, files, processes.
fn ends_in_its_own_way(command: &Command) -> bool {
    !matches!(command, Command::Dlq(_) | Command::Metrics(_) | Command::Config(_))
}

/// Resolves soon after the first signal, unless something was received or changed before.
async fn early(cancel: CancellationToken, watch: Watch) {
    cancel.cancelled().await;
    tokio::time::sleep(MOMENT).await;
    if watch.is_at_work() {
        std::future::pending::<()>().await;
    }
}
