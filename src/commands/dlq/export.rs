//! `recoctl dlq export`: saves messages to a file, byte for byte.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reco_core::outcome::Outcome;
use serde::Serialize;

use super::collect::{collect, render};
use crate::context::Context;
use crate::flags::select::SelectArgs;
use crate::ui::{Report, View};
use reco_ops::dlq::collect::{Collected, Task};
use reco_ops::dlq::select::Classes;
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl dlq export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// New file to write: JSON Lines, compressed if the name ends in `.gz` or `.zst`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Message selection.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Export at most N messages, oldest first
    #[arg(short = 'n', long, visible_alias = "limit", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max: Option<u32>,
    /// Delete the exported messages from the DLQ once the file is safely on disk
    #[arg(long)]
    pub and_delete: bool,
    /// Skip the confirmation that --and-delete asks for when no option narrows the selection
    #[arg(long)]
    pub yes: bool,
    /// Proceed even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
    /// Take over the lock of the run HOLDER on another machine, which a refusal names
    #[arg(long, value_name = "HOLDER", requires = "and_delete")]
    pub take_over: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExportReport(Collected);

/// Runs the export.
///
/// # Errors
/// Same as [`collect`].
pub async fn run(context: &Context, args: ExportArgs) -> Result<Outcome> {
    if args.file.as_os_str() == "-" {
        return Err(Error::new(Kind::Usage, "cannot export to stdout").hint(
            "pass a file name, or view messages with `recoctl dlq peek --full --output jsonl`",
        ));
    }
    let ExportArgs { file, select, max, and_delete: delete, yes, force, take_over } = args;
    let matcher = Arc::new(select.matcher(Classes::Any, context).await?);
    let (waiver, dry_run, ask) = (None, false, None);
    let file = Some(file);
    let task = Task { matcher, max, file, delete, waiver, dry_run, ask, force, take_over };
    let report = ExportReport(collect(context, (&select, yes), task).await?);
    context.ui.report(&report)
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
