//! `recoctl sandbox demo`: guided tour for newcomers without an AWS account.
//!
//! Every step runs this program as a child process with the environment of a fresh sandbox, so that
//! the output is authentic.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use reco_core::outcome::Outcome;
use reco_sandbox::{Sandbox, SandboxOptions};
use tokio::process::Command;

use crate::context::Context;
use crate::exit;
use crate::ui::Tone;
use reco_ops::error::{Error, Kind, Result};

/// Example file of the tour, with every line format and some bad lines.
const EXAMPLE: &str = include_str!("../../../examples/recs.jsonl");

/// Maximum time for the Lambda to process what a step sent.
const SETTLES_WITHIN: Duration = Duration::from_secs(30);

/// Arguments of `recoctl sandbox demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Seconds to wait before each step
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub pause: u64,
}

/// Step of the tour: reason and command line.
struct TourStep {
    why: &'static str,
    args: &'static [&'static str],
    /// Expected exit codes of the step.
    codes: &'static [u8],
}

const STEPS: [TourStep; 8] = [
    TourStep {
        why: "Messages have piled up in the dead-letter queue. Inspect them without disturbing them:",
        args: &["dlq", "peek"],
        codes: &[exit::SUCCESS],
    },
    TourStep {
        why: "Why did they fail, what ended them by the function's log, and what should be done about each class?",
        args: &["dlq", "classify", "--logs"],
        codes: &[exit::SUCCESS],
    },
    TourStep {
        why: "What would a redrive do? Check with a dry run:",
        args: &["dlq", "redrive", "--rate", "50", "--dry-run"],
        codes: &[exit::SUCCESS],
    },
    TourStep {
        why: "Redrive the messages that can succeed at 50 messages per second, a few first, and wait until the Lambda has written their lists:",
        args: &["dlq", "redrive", "--rate", "50", "--canary", "1,10", "--wait", "1m"],
        codes: &[exit::SUCCESS],
    },
    TourStep {
        why: "One user's story: the list in the table, and what the filter would drop of it today:",
        args: &["user", "100001"],
        codes: &[exit::SUCCESS],
    },
    TourStep {
        why: "The remaining messages need attention, not a retry:",
        args: &["dlq", "classify"],
        codes: &[exit::SUCCESS],
    },
    TourStep {
        why: "Load a file straight into the table, filtered by the Lambda's own rules. One line is broken on purpose: it is saved to rejects.jsonl, and the exit code says so:",
        args: &["backfill", "recs.jsonl", "--rejects", "rejects.jsonl"],
        codes: &[exit::PARTIAL],
    },
    TourStep {
        why: "Finally, check the health of the pipeline:",
        args: &["metrics", "--since", "3h", "--period", "5m"],
        codes: &[exit::SUCCESS],
    },
];

/// Runs the tour.
///
/// # Errors
/// Fails if the sandbox cannot start or a step ends with an unexpected exit code.
pub async fn run(context: &Context, args: &DemoArgs) -> Result<Outcome> {
    let io = |error: std::io::Error| {
        Error::new(Kind::Input, "cannot prepare the tour's directory").because(&error)
    };
    let dir = reco_sandbox::ScratchDir::new("demo").map_err(io)?;
    std::fs::write(dir.path().join("recs.jsonl"), EXAMPLE).map_err(io)?;
    let sandbox = Sandbox::start(SandboxOptions::default())
        .await
        .map_err(|error| Error::service("cannot start the sandbox").because(&error))?;
    let outcome = tour(context, args, &sandbox, dir.path()).await;
    sandbox.shutdown().await;
    outcome
}

async fn tour(
    context: &Context,
    args: &DemoArgs,
    sandbox: &Sandbox,
    dir: &Path,
) -> Result<Outcome> {
    context
        .ui
        .print("A local AWS is running in this process, with a pipeline after an incident.\n")?;
    for (at, step) in STEPS.iter().enumerate() {
        if wait(context, args.pause).await {
            return Ok(Outcome::Interrupted);
        }
        announce(context, at + 1, step)?;
        let code = run_step(context, step, sandbox, dir).await?;
        // The next step shows what the Lambda did with this one.
        sandbox.idle(SETTLES_WITHIN).await;
        if context.cancel.is_cancelled() {
            return Ok(Outcome::Interrupted);
        }
        if !step.codes.contains(&code) {
            return Err(Error::new(
                Kind::Internal,
                format!(
                    "step {}, `recoctl {}`, ended with exit code {code}",
                    at + 1,
                    step.args.join(" ")
                ),
            ));
        }
        if code != exit::SUCCESS {
            let name = exit::TABLE.iter().find(|row| row.0 == code).map_or("", |row| row.1);
            let line = format!("(exit code {code}: {name})\n");
            context.ui.print(&context.ui.view.palette.paint(Tone::Faint, &line))?;
        }
    }
    context.ui.print(
        "\nEnd of the tour. Run `recoctl sandbox start` for a sandbox to try things in, and `recoctl --help` for the list of commands.\n",
    )?;
    Ok(Outcome::Success)
}

/// Waits before a step; returns true if the tour was interrupted.
async fn wait(context: &Context, seconds: u64) -> bool {
    tokio::select! {
        () = context.cancel.cancelled() => true,
        () = tokio::time::sleep(Duration::from_secs(seconds)) => false,
    }
}

fn announce(context: &Context, number: usize, step: &TourStep) -> Result<()> {
    let palette = context.ui.view.palette;
    let why = palette.paint(Tone::Heading, &format!("{number}. {}", step.why));
    let line = palette.paint(Tone::Command, &format!("$ recoctl {}", step.args.join(" ")));
    context.ui.print(&format!("\n{why}\n{line}\n\n"))
}

async fn run_step(context: &Context, step: &TourStep, sandbox: &Sandbox, dir: &Path) -> Result<u8> {
    let failed = |error: std::io::Error| {
        Error::new(Kind::Internal, format!("cannot run `recoctl {}`", step.args.join(" ")))
            .because(&error)
    };
    let program = std::env::current_exe().map_err(failed)?;
    let mut command = Command::new(program);
    // The operator's own configuration must not lead a step out of the sandbox.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("RECOCTL_") || name.starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command
        .envs(sandbox.env())
        .env("HOME", dir)
        .env("XDG_CONFIG_HOME", dir)
        .env("XDG_STATE_HOME", dir)
        .current_dir(dir);
    if !context.ui.view.palette.is_on() {
        command.arg("--no-color");
    }
    let status = command.args(step.args).kill_on_drop(true).status().await.map_err(failed)?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(exit::INTERNAL))
}
