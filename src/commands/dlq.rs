//! `recoctl dlq`: the dead-letter queue.

mod again;
pub mod classify;
mod collect;
pub mod export;
pub mod import;
pub mod journal;
pub mod peek;
pub(crate) mod plan;
pub mod purge;
pub mod redrive;
mod rows;
mod select;
pub mod tasks;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use futures::future::LocalBoxFuture;
use reco_core::classify::Class;
use reco_core::outcome::Outcome;

use crate::context::Context;
use reco_ops::error::Result;

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

/// Runs one of them. The frame that makes all their futures is gone when one of them is driven.
///
/// # Errors
/// What ended it before it had anything to report.
pub fn run(context: &Context, command: DlqCommand) -> LocalBoxFuture<'_, Result<Outcome>> {
    match command {
        DlqCommand::Peek(args) => Box::pin(peek::run(context, args)),
        DlqCommand::Classify(args) => Box::pin(classify::run(context, args)),
        DlqCommand::Redrive(args) => Box::pin(redrive::run(context, *args)),
        DlqCommand::Export(args) => Box::pin(export::run(context, args)),
        DlqCommand::Import(args) => Box::pin(import::run(context, args)),
        DlqCommand::Purge(args) => Box::pin(purge::run(context, args)),
        DlqCommand::Tasks(command) => Box::pin(tasks::run(context, command)),
        DlqCommand::Journal(command) => Box::pin(journal::run(context, command)),
    }
}

/// Reads a class by name; help and completions list the names.
fn class_parser() -> impl TypedValueParser<Value = Class> {
    PossibleValuesParser::new(Class::ALL.map(Class::name)).try_map(|name| name.parse::<Class>())
}
