//! `recoctl completions`: shell completion scripts.

use clap::{Args, Command};
use clap_complete::Shell;
use reco_core::outcome::Outcome;

use crate::completion;
use crate::ui::Ui;
use reco_ops::error::Result;

/// Arguments of `recoctl completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell to print the script for
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the completion script.
///
/// # Errors
/// Fails if stdout cannot be written.
pub fn run(ui: &Ui, args: &CompletionsArgs, recoctl: Command) -> Result<Outcome> {
    ui.print(&completion::script(args.shell, recoctl))?;
    Ok(Outcome::Success)
}

/// Answers a completion script: prints the completions of the last word.
///
/// # Errors
/// Fails if stdout cannot be written.
pub fn answer(ui: &Ui, words: &[String], mut recoctl: Command) -> Result<()> {
    recoctl.build();
    ui.print(&completion::complete(&recoctl, words, &completion::Machine).text())
}
