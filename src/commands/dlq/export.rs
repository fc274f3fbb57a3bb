//! `recoctl dlq export`: messages into a file, byte for byte.

use std::path::PathBuf;

use clap::Args;
use reco_core::outcome::Outcome;
use serde::Serialize;

use super::collect::{Task, collect, render};
use super::select::SelectArgs;
use crate::context::Context;
use crate::ui::{Report, View};
use reco_ops::dlq::collect::Collected;
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl dlq export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The new file: JSON lines, compressed when its name ends in `.gz` or `.zst`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which messages
    #[command(flatten)]
    pub select: SelectArgs,
    /// Export at most so many messages, oldest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Delete from the DLQ what is in the file, once the file is on the disk
    #[arg(long)]
    pub and_delete: bool,
    /// Answer yes to what is asked when --and-delete goes with nothing that narrows the choice
    #[arg(long)]
    pub yes: bool,
    /// Receive even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
}

/// What an export answers.
#[derive(Debug, Serialize)]
struct ExportReport(Collected);

/// Exports.
///
/// # Errors
/// As [`collect`].
pub async fn run(context: &Context, args: ExportArgs) -> Result<Outcome> {
    if args.file.as_os_str() == "-" {
        return Err(Error::new(Kind::Usage, "an export is a file, not stdout").hint(
            "name a file, or use `recoctl dlq peek --full --output jsonl` to look at messages",
        ));
    }
    let task = Task {
        select: &args.select,
        max: args.max,
        file: Some(args.file.clone()),
        delete: args.and_delete,
        waiver: None,
        dry_run: false,
        yes: args.yes,
        force: args.force,
    };
    let report = ExportReport(collect(context, task).await?);
    context.ui.report(&report)?;
    Ok(report.outcome())
}

impl Report for ExportReport {
    const KIND: &'static str = "dlq.export";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        self.0.outcome()
    }

    fn render(&self, view: &View) -> String {
        render(&self.0, view)
    }
}
