//! `recoctl completions`: shell completion scripts, generated from the command tree.

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use reco_core::outcome::Outcome;

use crate::cli::Cli;
use crate::error::Result;
use crate::ui::Ui;

/// Arguments of `recoctl completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell to generate the script for
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(ui: &Ui, args: &CompletionsArgs) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "recoctl", &mut script);
    ui.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Success)
}
