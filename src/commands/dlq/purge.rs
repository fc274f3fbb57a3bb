//! `recoctl dlq purge`: deletes unwanted messages, with a backup unless waived.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reco_core::outcome::Outcome;
use reco_core::settle::Waiver;
use serde::Serialize;

use super::collect::{collect, render};
use crate::context::Context;
use crate::flags::select::{SELECTION, SelectArgs};
use crate::render::by;
use crate::ui::{Report, View, count};
use reco_ops::dlq::collect::{Collected, Task};
use reco_ops::dlq::purge::{PurgeAll, PurgeAllReport};
use reco_ops::dlq::select::Classes;
use reco_ops::dlq::session::Ask;
use reco_ops::error::{Error, Result};

/// Arguments of `recoctl dlq purge`.
#[derive(Debug, Args)]
pub struct PurgeArgs {
    /// Message selection.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Delete at most N messages, oldest first
    #[arg(short = 'n', long, visible_alias = "limit", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Back up the messages to this new file first (JSON Lines; compressed if named `.gz` or
    /// `.zst`)
    #[arg(long, value_name = "FILE", conflicts_with = "no_backup")]
    pub backup: Option<PathBuf>,
    /// Delete without a backup; requires --yes
    #[arg(long)]
    pub no_backup: bool,
    /// Call PurgeQueue: delete everything at once without a backup, including messages that are in
    /// flight or arrive meanwhile
    #[arg(long, conflicts_with_all = SELECTION, conflicts_with_all = ["max", "backup"])]
    pub all_now: bool,
    /// Show what would be deleted, without deleting
    #[arg(long)]
    pub dry_run: bool,
    /// Skip the confirmation that is required with --no-backup or when no option narrows the
    /// selection
    #[arg(long)]
    pub yes: bool,
    /// Proceed even if the DLQ has a redrive policy of its own or, with --all-now, it is not the DLQ of
    /// any queue
    #[arg(long)]
    pub force: bool,
    /// Take over the lock of the run HOLDER on another machine, which a refusal names
    #[arg(long, value_name = "HOLDER", conflicts_with = "dry_run")]
    pub take_over: Option<String>,
}

#[derive(Debug, Serialize)]
struct PurgeReport(Collected);

/// Runs the purge.
///
/// # Errors
/// Refuses without a backup or waiver; otherwise same as [`collect`].
pub async fn run(context: &Context, args: PurgeArgs) -> Result<Outcome> {
    if args.all_now {
        return purge_all(context, &args).await;
    }
    let waiver = Waiver::new(args.no_backup, args.yes);
    if args.backup.is_none() && waiver.is_none() && !args.dry_run {
        return Err(Error::refused("refusing to purge without a backup")
            .hint("add --backup FILE, or --no-backup --yes to delete without one"));
    }
    let PurgeArgs { select, max, backup: file, dry_run, yes, force, take_over, .. } = args;
    let matcher = Arc::new(select.matcher(Classes::Any, context).await?);
    let (delete, ask) = (true, None);
    let task = Task { matcher, max, file, delete, waiver, dry_run, ask, force, take_over };
    let report = PurgeReport(collect(context, (&select, yes), task).await?);
    context.ui.report(&report)
}

async fn purge_all(context: &Context, args: &PurgeArgs) -> Result<Outcome> {
    let found = async { PurgeAll::find(context.world().await?, args.force).await };
    let purge = context.before_all(found).await?;
    let ask = (!args.yes).then_some(context as &dyn Ask);
    let report = purge.run(args.dry_run, args.take_over.as_deref(), ask).await?;
    context.ui.report(&report)
}

impl Report for PurgeReport {
    const KIND: &'static str = "dlq.purge";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        self.0.outcome()
    }

    fn render(&self, view: &View) -> String {
        render(&self.0, view)
    }
}

impl Report for PurgeAllReport {
    const KIND: &'static str = "dlq.purge.all-now";

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let (dlq, about) = (&self.dlq, count(self.approximate_messages));
        let what = if self.purged {
            format!("SQS is deleting all messages in {dlq} (about {about}), within 60 s\n")
        } else {
            format!("all messages in {dlq} (about {about}) would be deleted (--dry-run)\n")
        };
        what + &by::line(&self.by, view)
    }
}
