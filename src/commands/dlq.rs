//! `recoctl dlq`: the dead-letter queue.

mod again;
pub mod classify;
mod collect;
pub mod export;
pub mod import;
pub mod journal;
mod pair;
pub mod peek;
pub(crate) mod plan;
pub mod purge;
mod reach;
pub mod redrive;
mod rows;
mod select;
mod session;
pub mod tasks;

#[cfg(test)]
pub(crate) use rows::sample;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use reco_core::classify::Class;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::error::Result;

/// The commands on the dead-letter queue.
#[derive(Debug, Subcommand)]
pub enum DlqCommand {
    /// Show what is in the DLQ without disturbing it
    Peek(peek::PeekArgs),
    /// Say why each message failed, and what to do about it
    Classify(classify::ClassifyArgs),
    /// Send back what can succeed, at a rate the table can take, losing nothing
    Redrive(Box<redrive::RedriveArgs>),
    /// Write messages into a file, byte for byte; with --and-delete, move them there
    Export(export::ExportArgs),
    /// Send the messages of an export into a queue, each once
    Import(import::ImportArgs),
    /// Delete messages, with a copy in a file
    Purge(purge::PurgeArgs),
    /// List and stop the move tasks that SQS itself carries out
    #[command(subcommand)]
    Tasks(tasks::TasksCommand),
    /// What earlier redrives did; resume one that was cut off, or put its messages back
    #[command(subcommand)]
    Journal(journal::JournalCommand),
}

/// Runs one of them.
///
/// # Errors
/// What ended it before it had anything to report.
pub async fn run(context: &Context, command: DlqCommand) -> Result<Outcome> {
    match command {
        DlqCommand::Peek(args) => peek::run(context, args).await,
        DlqCommand::Classify(args) => classify::run(context, args).await,
        DlqCommand::Redrive(args) => redrive::run(context, *args).await,
        DlqCommand::Export(args) => export::run(context, args).await,
        DlqCommand::Import(args) => import::run(context, args).await,
        DlqCommand::Purge(args) => purge::run(context, args).await,
        DlqCommand::Tasks(command) => tasks::run(context, command).await,
        DlqCommand::Journal(command) => journal::run(context, command).await,
    }
}

/// Reads a class by name; help and completions list the names.
fn class_parser() -> impl TypedValueParser<Value = Class> {
    PossibleValuesParser::new(Class::ALL.map(Class::name)).try_map(|name| name.parse::<Class>())
}
