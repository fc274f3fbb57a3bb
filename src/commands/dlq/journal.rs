//! `recoctl dlq journal`: inspects earlier redrives and finishes interrupted ones.

mod list;
mod outcome;
mod restore;
mod resume;
mod show;

use clap::Subcommand;
use reco_core::outcome::Outcome;

use crate::context::Context;
use reco_ops::error::Result;

/// Maximum messages of a journal that are named in the text; JSON has all.
const NAMED: usize = 20;

/// The commands on journals.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// List the journals for this endpoint, newest first
    #[command(visible_alias = "ls")]
    List,
    /// Show the state of each message in a journal
    Show(show::ShowArgs),
    /// Show the outcome of the messages that a run moved, and how many of their users have a list
    Outcome(outcome::JournalOutcomeArgs),
    /// Finish an interrupted run: delete the messages it has sent, without sending any twice
    Resume(resume::ResumeArgs),
    /// Send the messages of a journal back to the DLQ or another queue
    Restore(restore::RestoreArgs),
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: JournalCommand) -> Result<Outcome> {
    match command {
        JournalCommand::List => list::run(context),
        JournalCommand::Show(args) => show::run(context, &args),
        JournalCommand::Outcome(args) => Box::pin(outcome::run(context, &args)).await,
        JournalCommand::Resume(args) => resume::run(context, &args).await,
        JournalCommand::Restore(args) => restore::run(context, &args).await,
    }
}
