//! Global flags.

use std::path::PathBuf;

use clap::Args;

use crate::ui::OutputFormat;

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

    /// Reason for this run, such as an incident number; recorded with the caller's identity in the
    /// journal and the report
    #[arg(long, value_name = "TEXT", global = true, help_heading = "Record",
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,

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
    /// Returns whether this run uses an embedded sandbox.
    #[must_use]
    pub fn in_sandbox(&self) -> bool {
        #[cfg(feature = "sandbox")]
        return self.sandbox;
        #[cfg(not(feature = "sandbox"))]
        return false;
    }
}
