//! `recoctl dlq`: the dead-letter queue.

pub mod classify;
mod collect;
pub mod export;
pub mod get;
pub mod import;
pub mod journal;
pub mod peek;
pub mod purge;
pub mod redrive;
#[cfg(feature = "sandbox")]
pub mod rehearse;
pub mod tasks;
pub mod why;

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
    /// Show messages in the DLQ without disturbing them
    #[command(visible_alias = "ls")]
    Peek(peek::PeekArgs),
    /// Show one message in full, by its id or a prefix of it
    Get(get::GetArgs),
    /// Explain why each message failed and what to do about it
    Classify(classify::ClassifyArgs),
    /// Show how each attempt at a message failed, from the function's log
    Why(why::WhyArgs),
    /// Run messages through the function on a local copy of their items, without changing anything
    #[cfg(feature = "sandbox")]
    Rehearse(rehearse::RehearseArgs),
    /// Move the messages that can succeed back to their source queue, without loss
    Redrive(Box<redrive::RedriveArgs>),
    /// Save messages to a file, byte for byte; with --and-delete, then delete them
    Export(export::ExportArgs),
    /// Send exported messages to a queue, each of them once
    Import(import::ImportArgs),
    /// Delete messages after backing them up to a file
    #[command(visible_alias = "rm")]
    Purge(purge::PurgeArgs),
    /// List and cancel SQS message move tasks
    #[command(subcommand)]
    Tasks(tasks::TasksCommand),
    /// Inspect the journals of earlier redrives; resume a run or restore its messages
    #[command(subcommand)]
    Journal(journal::JournalCommand),
}

/// Runs a subcommand. Boxed futures keep this stack frame, which creates all of them, off the stack
/// while one is polled.
pub fn run(context: &Context, command: DlqCommand) -> LocalBoxFuture<'_, Result<Outcome>> {
    match command {
        DlqCommand::Peek(args) => Box::pin(peek::run(context, args)),
        DlqCommand::Get(args) => Box::pin(get::run(context, args)),
        DlqCommand::Classify(args) => Box::pin(classify::run(context, args)),
        DlqCommand::Why(args) => Box::pin(why::run(context, args)),
        #[cfg(feature = "sandbox")]
        DlqCommand::Rehearse(args) => Box::pin(rehearse::run(context, args)),
        DlqCommand::Redrive(args) => Box::pin(redrive::run(context, *args)),
        DlqCommand::Export(args) => Box::pin(export::run(context, args)),
        DlqCommand::Import(args) => Box::pin(import::run(context, args)),
        DlqCommand::Purge(args) => Box::pin(purge::run(context, args)),
        DlqCommand::Tasks(command) => Box::pin(tasks::run(context, command)),
        DlqCommand::Journal(command) => Box::pin(journal::run(context, command)),
    }
}

/// Returns a parser of class names; help and completions list them.
fn class_parser() -> impl TypedValueParser<Value = Class> {
    PossibleValuesParser::new(Class::ALL.iter().map(|class| class.name()))
        .try_map(|name| name.parse::<Class>())
}
