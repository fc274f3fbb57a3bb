//! `recoctl completions`: shell completion scripts, generated from the command tree.

use clap::{Args, Command};
use clap_complete::Shell;
use reco_core::outcome::Outcome;

use crate::ui::Ui;
use reco_ops::error::Result;

/// Arguments of `recoctl completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell to generate the script for
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the completion script.
///
/// # Errors
/// Fails if stdout cannot be written.
pub fn run(ui: &Ui, args: &CompletionsArgs, mut recoctl: Command) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut recoctl, "recoctl", &mut script);
    ui.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Success)
}
