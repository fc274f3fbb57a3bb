//! `recoctl sandbox start`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reco_core::outcome::Outcome;
use reco_sandbox::dynamodb::ThrottleCause;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::faults::Fault;
use reco_sandbox::permissions::{DocumentError, Grant};
use reco_sandbox::{Sandbox, SandboxOptions};
use serde::Serialize;

use crate::context::Context;
use crate::ui::{Report, Tone, View};
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl sandbox start`.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// Port on 127.0.0.1 to listen on; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Limit writes to this many WCU per second and throttle the rest as DynamoDB does
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub wcu: Option<u32>,
    /// Limit that writes beyond --wcu are said to have hit: provisioned, key-range, on-demand or account
    #[arg(long, value_name = "LIMIT", default_value = "provisioned", requires = "wcu")]
    pub throttle_as: ThrottleCause,
    /// Start empty: no queues, no table, no facts
    #[arg(long)]
    pub empty: bool,
    /// Run this Lambda binary (bootstrap) instead of the built-in handler
    ///
    /// It runs as it does in Lambda: started on demand, fed by a Runtime API, killed when it times
    /// out. Its logs go to stderr; RECO_LOG sets the level.
    #[arg(long, value_name = "PATH", conflicts_with = "empty")]
    pub lambda_bin: Option<PathBuf>,
    /// Concurrent invocations that the function may have; more of them are throttled
    ///
    /// The mapping makes up to 4. The messages of a throttled invocation are received again later, so
    /// that good ones may end in the DLQ.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), conflicts_with = "empty")]
    pub reserved_concurrency: Option<u16>,
    /// Seconds for which the counts of messages stay as first shown, as counts of SQS lag
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub count_lag: u32,
    /// Seconds by which metrics are late, as those of CloudWatch may be
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub metrics_lag: u32,
    /// Inject an SQS fault, e.g. SendMessageBatch:entry-fail:0.1; may be repeated
    ///
    /// The action is an SQS action, or * for all that support the fault. Faults of whole calls:
    /// error-before, error-after, throttle, drop-before, drop-after, slow (ARG: milliseconds),
    /// duplicate, miss (short polls that miss messages). Faults of single entries or messages: entry-fail, entry-fail-sender,
    /// entry-fail-after, lapse (ARG: milliseconds after the receive), wrong-md5.
    #[arg(long = "fault", value_name = "ACTION:KIND:PROBABILITY[:ARG]")]
    pub faults: Vec<Fault>,
    /// Hold an access key to an IAM policy document; may be repeated
    ///
    /// Calls that the document does not allow are denied as AWS denies them; documents of one key add
    /// up, and other keys may call everything. Conditions are not evaluated: documents that have any
    /// are refused. Set AWS_ACCESS_KEY_ID to the key to run a command under it.
    #[arg(long = "iam-policy", value_name = "KEY=FILE", value_parser = key_and_file)]
    pub policies: Vec<(String, PathBuf)>,
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
    options.sqs.count_lag = Duration::from_secs(args.count_lag.into());
    options.metrics_lag = Duration::from_secs(args.metrics_lag.into());
    options.throttle_cause = args.throttle_as;
    options.lambda_bin.clone_from(&args.lambda_bin);
    if let Some(worker) = &mut options.worker {
        worker.reserved = args.reserved_concurrency.map(usize::from);
    }
    options.faults.clone_from(&args.faults);
    options.fault_seed = args.fault_seed;
    options.grants = args.policies.iter().map(grant).collect::<Result<_>>()?;
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| Error::service("cannot start the sandbox").because(&error))?;
    let variables = sandbox.env().into_iter().map(|(name, value)| Variable { name, value });
    let report = SandboxStarted { endpoint: sandbox.endpoint(), variables: variables.collect() };
    context.ui.report(&report)?;
    context.ui.status(
        "sandbox is running; paste the lines above into another terminal. Press Ctrl-C to stop it.",
    );
    context.cancel.cancelled().await;
    sandbox.shutdown().await;
    // Ctrl-C is the normal way to end a sandbox.
    Ok(Outcome::Success)
}

fn key_and_file(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((key, file)) if !key.is_empty() && !file.is_empty() => {
            Ok((key.to_owned(), PathBuf::from(file)))
        }
        _ => Err("must be KEY=FILE, e.g. reader=policy.json".to_owned()),
    }
}

fn grant((key, file): &(String, PathBuf)) -> Result<Grant> {
    let failed = || Error::new(Kind::Input, format!("cannot use policy {}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| failed().because(&error))?;
    let document = text.parse().map_err(|error: DocumentError| failed().because(&error))?;
    Ok(Grant { key: key.clone(), document })
}

#[derive(Debug, Serialize)]
struct Variable {
    name: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct SandboxStarted {
    endpoint: String,
    variables: Vec<Variable>,
}

impl Report for SandboxStarted {
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
