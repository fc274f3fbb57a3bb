//! The flags that give settings.

use std::path::PathBuf;

use clap::Args;

use crate::ui::OutputFormat;

/// Options that every command takes.
#[derive(Debug, Clone, Default, Args)]
pub struct GlobalArgs {
    /// The environment: a section `[env.NAME]` of recoctl.toml
    #[arg(long = "env", value_name = "NAME", global = true, help_heading = "Configuration")]
    pub env_name: Option<String>,
    /// Read this file instead of ./recoctl.toml or the user's own
    #[arg(long, value_name = "FILE", global = true, help_heading = "Configuration")]
    pub config: Option<PathBuf>,
    /// The AWS profile
    #[arg(long, value_name = "NAME", global = true, help_heading = "Configuration")]
    pub profile: Option<String>,
    /// The AWS region
    #[arg(long, value_name = "REGION", global = true, help_heading = "Configuration")]
    pub region: Option<String>,
    /// Send AWS calls to this endpoint instead of AWS's own
    #[arg(long, value_name = "URL", global = true, help_heading = "Configuration")]
    pub endpoint_url: Option<String>,
    /// Run against a freshly seeded local AWS inside this process
    #[cfg(feature = "sandbox")]
    #[arg(long, global = true, help_heading = "Configuration")]
    pub sandbox: bool,

    /// The source queue: name, URL or ARN
    #[arg(long, value_name = "QUEUE", global = true, help_heading = "Pipeline")]
    pub queue: Option<String>,
    /// The dead-letter queue: name, URL or ARN (found from the source queue when not given)
    #[arg(long, value_name = "QUEUE", global = true, help_heading = "Pipeline")]
    pub dlq: Option<String>,
    /// The DynamoDB table: name or ARN
    #[arg(long, value_name = "TABLE", global = true, help_heading = "Pipeline")]
    pub table: Option<String>,
    /// The Lambda function's name
    #[arg(long, value_name = "NAME", global = true, help_heading = "Pipeline")]
    pub function: Option<String>,
    /// Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the
    /// rules that need facts
    #[arg(long, value_name = "SOURCE", global = true, help_heading = "Pipeline")]
    pub facts: Option<String>,
    /// The filter's policy (TOML); the default policy has every rule on
    #[arg(long, value_name = "FILE", global = true, help_heading = "Pipeline")]
    pub policy: Option<PathBuf>,

    /// How results are written to stdout
    #[arg(short, long, value_enum, value_name = "FORMAT", global = true, help_heading = "Output")]
    pub output: Option<OutputFormat>,
    /// No status and no progress on stderr; errors are still shown
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// More on stderr: -v what is done, -vv each AWS call
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = "Output")]
    pub verbose: u8,
    /// No colour (NO_COLOR does the same)
    #[arg(long, global = true, help_heading = "Output")]
    pub no_color: bool,
    /// Never ask; what would be asked is refused
    #[arg(long, global = true, help_heading = "Output")]
    pub no_input: bool,
}

impl GlobalArgs {
    /// Whether this run is against a sandbox of its own.
    #[must_use]
    pub fn in_sandbox(&self) -> bool {
        #[cfg(feature = "sandbox")]
        return self.sandbox;
        #[cfg(not(feature = "sandbox"))]
        return false;
    }
}
