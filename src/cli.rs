//! The command line as types. Doc comments here are the help, the completions and the man pages.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;

/// Operate a recommendation pipeline: SQS, Lambda, DynamoDB and a dead-letter queue.
///
/// Inspect the dead-letter queue (DLQ) without disturbing it, see why each message failed, redrive
/// the messages that can succeed, load files into DynamoDB with the Lambda's own filtering, and
/// check throttling and write capacity.
#[derive(Debug, Parser)]
#[command(name = "recoctl", version, arg_required_else_help = true, propagate_version = true)]
#[command(
    after_help = format!(
        "Exit codes: {}.\n\
         Run `recoctl sandbox demo` for a tour on an embedded local AWS; no account needed.",
        crate::exit::list()
    )
)]
pub struct Cli {
    /// Global options.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// Subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// Output format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OutputFormat {
    /// Human-readable tables and text
    #[default]
    Table,
    /// A single JSON document
    Json,
    /// JSON Lines: one document per message or row
    Jsonl,
}

/// Options that every command takes.
#[derive(Debug, Clone, Default, Args)]
pub struct GlobalArgs {
    /// Environment to use: the `[env.NAME]` section of recoctl.toml
    #[arg(long = "env", value_name = "NAME", global = true, help_heading = "Configuration")]
    pub env_name: Option<String>,
    /// Config file to use instead of ./recoctl.toml or the one in the user's config directory
    #[arg(long, value_name = "FILE", global = true, help_heading = "Configuration")]
    pub config: Option<PathBuf>,
    /// AWS profile to use
    #[arg(long, value_name = "NAME", global = true, help_heading = "Configuration")]
    pub profile: Option<String>,
    /// AWS region to use
    #[arg(long, value_name = "REGION", global = true, help_heading = "Configuration")]
    pub region: Option<String>,
    /// Override the AWS endpoint URL
    #[arg(long, value_name = "URL", global = true, help_heading = "Configuration")]
    pub endpoint_url: Option<String>,
    /// Run against a freshly seeded local AWS embedded in this process
    #[cfg(feature = "sandbox")]
    #[arg(long, global = true, help_heading = "Configuration")]
    pub sandbox: bool,

    /// Source queue: name, URL or ARN
    #[arg(long, value_name = "QUEUE", global = true, help_heading = "Pipeline")]
    pub queue: Option<String>,
    /// Dead-letter queue: name, URL or ARN [default: the one in the source queue's redrive policy]
    #[arg(long, value_name = "QUEUE", global = true, help_heading = "Pipeline")]
    pub dlq: Option<String>,
    /// DynamoDB table: name or ARN
    #[arg(long, value_name = "TABLE", global = true, help_heading = "Pipeline")]
    pub table: Option<String>,
    /// Lambda function name
    #[arg(long, value_name = "NAME", global = true, help_heading = "Pipeline")]
    pub function: Option<String>,
    /// Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that
    /// need facts
    #[arg(long, value_name = "SOURCE", global = true, help_heading = "Pipeline")]
    pub facts: Option<String>,
    /// Filter policy file (TOML) [default: every rule on]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Pipeline")]
    pub policy: Option<PathBuf>,

    /// Output format for results on stdout
    #[arg(short, long, value_enum, value_name = "FORMAT", global = true, help_heading = "Output")]
    pub output: Option<OutputFormat>,
    /// Suppress status and progress on stderr; errors are still shown
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// Increase logging on stderr: -v for actions, -vv for every AWS call
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = "Output")]
    pub verbose: u8,
    /// Disable colored output (same as setting NO_COLOR)
    #[arg(long, global = true, help_heading = "Output")]
    pub no_color: bool,
    /// Never prompt; fail instead
    #[arg(long, global = true, help_heading = "Output")]
    pub no_input: bool,
}

impl GlobalArgs {
    /// Returns whether this run is against a sandbox of its own.
    #[must_use]
    pub fn in_sandbox(&self) -> bool {
        #[cfg(feature = "sandbox")]
        return self.sandbox;
        #[cfg(not(feature = "sandbox"))]
        return false;
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Inspect, classify, redrive and purge the dead-letter queue
    #[command(subcommand)]
    Dlq(commands::dlq::DlqCommand),
    /// Load files of recommendations into DynamoDB
    Backfill(Box<commands::backfill::BackfillArgs>),
    /// Compare the table with files of recommendations
    Verify(commands::verify::VerifyArgs),
    /// Show throttling, write capacity and queue depth from CloudWatch
    Metrics(commands::metrics::MetricsArgs),
    /// Check or snapshot the facts database (users and articles)
    #[command(subcommand)]
    Facts(commands::facts::FactsCommand),
    /// Show the effective configuration and manage trusted config files
    #[command(subcommand)]
    Config(commands::config::ConfigCommand),
    /// Try recoctl on a local AWS with a seeded pipeline
    #[cfg(feature = "sandbox")]
    #[command(subcommand)]
    Sandbox(commands::sandbox::SandboxCommand),
    /// Print a shell completion script
    Completions(commands::completions::CompletionsArgs),
    /// Print a man page, or write all of them to a directory
    Man(commands::man::ManArgs),
}
