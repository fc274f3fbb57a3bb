//! `recoctl sandbox start`.

use std::path::PathBuf;

use clap::Args;
use reco_core::outcome::Outcome;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::faults::Fault;
use reco_sandbox::{Sandbox, SandboxOptions};
use serde::Serialize;

use crate::context::Context;
use crate::ui::{Report, Tone, View};
use reco_ops::error::{Error, Result};

/// Arguments of `recoctl sandbox start`.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// Port on 127.0.0.1 to listen on; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Limit writes to this many WCU per second and throttle the rest as DynamoDB does
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub wcu: Option<u32>,
    /// Start empty: no queues, no table, no facts
    #[arg(long)]
    pub empty: bool,
    /// Run this Lambda binary (bootstrap) instead of the built-in handler
    ///
    /// It runs as it does in Lambda: started on demand, fed by a Runtime API, killed when it times
    /// out. Its logs go to stderr; RECO_LOG sets the level.
    #[arg(long, value_name = "PATH", conflicts_with = "empty")]
    pub lambda_bin: Option<PathBuf>,
    /// Inject an SQS fault, e.g. SendMessageBatch:entry-fail:0.1; may be repeated
    ///
    /// The action is an SQS action, or * for all that support the fault. Faults of whole calls:
    /// error-before, error-after, throttle, drop-before, drop-after, slow (ARG: milliseconds),
    /// duplicate. Faults of single entries or messages: entry-fail, entry-fail-sender,
    /// entry-fail-after, lapse (ARG: milliseconds after the receive), wrong-md5.
    #[arg(long = "fault", value_name = "ACTION:KIND:PROBABILITY[:ARG]")]
    pub faults: Vec<Fault>,
    /// Random seed for faults; the same seed hits the same calls
    #[arg(long, value_name = "N", default_value_t = 0, requires = "faults")]
    pub fault_seed: u64,
}

/// Runs a sandbox until Ctrl-C.
///
/// # Errors
/// Fails if the sandbox cannot start.
pub async fn run(context: &Context, args: &StartArgs) -> Result<Outcome> {
    let mut options = if args.empty { SandboxOptions::empty() } else { SandboxOptions::default() };
    options.port = args.port;
    options.policy = context.policy().await?;
    options.write_capacity = args.wcu.map(|wcu| WriteCapacity::per_second(f64::from(wcu)));
    options.lambda_bin.clone_from(&args.lambda_bin);
    options.faults.clone_from(&args.faults);
    options.fault_seed = args.fault_seed;
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| Error::service("cannot start the sandbox").because(&error))?;
    let variables = sandbox.env().into_iter().map(|(name, value)| Variable { name, value });
    let report = Started { endpoint: sandbox.endpoint(), variables: variables.collect() };
    context.ui.report(&report)?;
    context.ui.status(
        "sandbox is running; paste the lines above into another terminal. Press Ctrl-C to stop it.",
    );
    context.cancel.cancelled().await;
    sandbox.shutdown().await;
    // Ctrl-C is the normal way to end a sandbox.
    Ok(Outcome::Success)
}

#[derive(Debug, Serialize)]
struct Variable {
    name: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct Started {
    endpoint: String,
    variables: Vec<Variable>,
}

impl Report for Started {
    const KIND: &'static str = "sandbox.start";
    const ROWS: Option<&'static str> = Some("variables");

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let line = |variable: &Variable| {
            let export =
                format!("export {}='{}'", variable.name, variable.value.replace('\'', "'\\''"));
            format!("{}\n", view.palette.paint(Tone::Command, &export))
        };
        self.variables.iter().map(line).collect()
    }
}
