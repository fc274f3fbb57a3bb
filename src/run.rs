//! One run: parse, set up, dispatch, exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use reco_core::outcome::Outcome;
use tokio_util::sync::CancellationToken;

use crate::cli::{Cli, Command, GlobalArgs, OutputFormat};
use crate::config::{Key, Settings};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::ui::{Ui, UiOptions};
use crate::{applies, commands, exit, logging};

/// Runs recoctl with these arguments.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout and are no failure; a closed pipe is neither.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::SUCCESS });
        }
    };
    let ui = Ui::from_process(UiOptions {
        quiet: cli.global.quiet,
        no_color: cli.global.no_color,
        no_input: cli.global.no_input,
    });
    logging::init(cli.global.verbose);
    let code = match dispatch(cli, ui.clone()) {
        Ok(outcome) => exit::of_outcome(outcome),
        Err(error) => {
            ui.error(&error);
            exit::of_error(&error)
        }
    };
    ExitCode::from(code)
}

fn dispatch(cli: Cli, mut ui: Ui) -> Result<Outcome> {
    applies::check(&cli)?;
    // Neither needs settings, a runtime or AWS: they work on a machine that has nothing yet.
    match &cli.command {
        Command::Completions(args) => return commands::completions::run(&ui, args),
        Command::Man(args) => return commands::man::run(&ui, args),
        _ => {}
    }
    let settings = Settings::resolve(&cli.global, &|name| std::env::var(name).ok())?;
    ui.output = output_format(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Internal, "cannot start the runtime").because(&error))?;
    let outcome = runtime.block_on(supervise(cli, settings, ui));
    // A read of stdin cannot be cancelled: without this an interrupted run would wait for it.
    runtime.shutdown_background();
    outcome
}

fn output_format(settings: &Settings) -> Result<OutputFormat> {
    let text = settings.value(Key::Output).unwrap_or("table");
    OutputFormat::from_str(text, true).map_err(|_| {
        Error::config(format!("output format {text:?} is unknown"))
            .hint("known: table, json, jsonl")
    })
}

/// Runs the command while listening for signals: the first asks it to finish what is in flight,
/// the second stops at once.
async fn supervise(cli: Cli, settings: Settings, ui: Ui) -> Result<Outcome> {
    let cancel = CancellationToken::new();
    let second = listen(cancel.clone(), ui.clone());
    let work = async {
        let context = build(&cli.global, settings, ui, cancel).await?;
        let outcome = commands::run(&context, cli.command).await;
        context.close().await;
        outcome
    };
    tokio::select! {
        outcome = work => outcome,
        () = second => Err(Error::new(Kind::Interrupted, "stopped at once by a second signal").hint(
            "messages that were held become visible again when their visibility timeout ends",
        )),
    }
}

async fn listen(cancel: CancellationToken, ui: Ui) {
    if signal().await {
        ui.status("stopping: finishing what is in flight (once more to stop at once)");
        cancel.cancel();
        if signal().await {
            return;
        }
    }
    // Signals cannot be heard on this system: the command runs to its end.
    std::future::pending::<()>().await;
}

/// Waits for Ctrl-C or SIGTERM; false when they cannot be listened for.
async fn signal() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return false };
        tokio::select! {
            heard = tokio::signal::ctrl_c() => heard.is_ok(),
            heard = terminate.recv() => heard.is_some(),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

#[cfg(feature = "sandbox")]
async fn build(
    flags: &GlobalArgs,
    settings: Settings,
    ui: Ui,
    cancel: CancellationToken,
) -> Result<Context> {
    if flags.sandbox {
        return Context::with_sandbox(settings, ui, cancel).await;
    }
    Ok(Context::new(settings, ui, cancel))
}

#[cfg(not(feature = "sandbox"))]
async fn build(
    _flags: &GlobalArgs,
    settings: Settings,
    ui: Ui,
    cancel: CancellationToken,
) -> Result<Context> {
    Ok(Context::new(settings, ui, cancel))
}
