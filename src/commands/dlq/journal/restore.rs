//! `recoctl dlq journal restore`: a journal holds every sent message in full. Exports are imported
//! instead.

use std::path::Path;

use clap::Args;
use reco_core::outcome::Outcome;

use crate::commands::dlq::import::{self, ImportArgs};
use crate::context::Context;
use crate::render::{by, rows};
use crate::ui::{Report, View, amount, count, escape_line, form, was};
use reco_ops::aws::sqs::Sqs;
use reco_ops::dlq::copies::CopyFate;
use reco_ops::dlq::export::is_export;
use reco_ops::dlq::journal::{self, RestoreOptions, RestoreReport};
use reco_ops::dlq::session::Ask;
use reco_ops::error::Result;

/// Arguments of `recoctl dlq journal restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// Run id, a prefix of it, or the path of a journal or export
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Queue to restore to: name, URL or ARN [default: the DLQ that the messages came from]
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// Restore every message of the journal, even those that may still be in the DLQ
    #[arg(long)]
    pub all: bool,
    /// Send every message again, even those that an earlier restore of this run (or import of this
    /// export) sent to the queue
    #[arg(long)]
    pub again: bool,
    /// Skip the confirmation prompt
    #[arg(long)]
    pub yes: bool,
    /// Take over the lock of the run HOLDER on another machine, which a refusal names
    #[arg(long, value_name = "HOLDER")]
    pub take_over: Option<String>,
}

/// Restores the messages.
///
/// # Errors
/// Same as [`journal::restore`], or as [`import::run`] if an export is given.
pub async fn run(context: &Context, args: &RestoreArgs) -> Result<Outcome> {
    let RestoreArgs { run, to, all, again, yes, take_over } = args.clone();
    if is_export(Path::new(&run)).await {
        // All messages of an export are imported: `--all` has nothing to add.
        let (file, rate, dry_run) = (run.into(), None, false);
        let args = ImportArgs { file, to, rate, again, dry_run, yes, take_over };
        return import::run(context, args).await;
    }
    let connect = async |queue: &str| Ok(Sqs::new(context.sdk_for(queue).await?));
    let options = RestoreOptions { run, to, all, again, take_over };
    let (control, ask) = (context.control(), (!yes).then_some(context as &dyn Ask));
    let report = journal::restore(connect, context.home()?, &control, &options, ask).await?;
    context.ui.report(&report)
}

impl Report for RestoreReport {
    const KIND: &'static str = "dlq.journal.restore";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        RestoreReport::outcome(self)
    }

    fn render(&self, view: &View) -> String {
        let queue = escape_line(&self.queue);
        let mut text = format!("{} restored to {queue}\n", amount(self.restored, "message"));
        if self.failed > 0 {
            text.push_str(&format!(
                "{} {}:\n",
                count(self.failed),
                form(self.failed, "was not, or is uncertain", "were not, or are uncertain")
            ));
        }
        let not = self.messages.iter().filter(|row| row.fate != CopyFate::Restored);
        text.push_str(&rows::first(super::NAMED, not, |row| {
            let reason = escape_line(row.reason.as_deref().unwrap_or_default());
            format!("{} {} {reason}", escape_line(&row.message_id), row.fate.name())
        }));
        if self.already_restored > 0 {
            text.push_str(&format!(
                "{} already restored by an earlier run of this command; not sent again (--again sends everything)\n",
                was(self.already_restored)
            ));
        }
        if self.left_out > 0 {
            text.push_str(&format!(
                "{} skipped, since the DLQ may still have {them} (--all includes {them})\n",
                was(self.left_out),
                them = form(self.left_out, "it", "them")
            ));
        }
        if self.interrupted {
            text.push_str("interrupted\n");
        }
        text.push_str(&format!("journal {}\n", escape_line(&self.journal)));
        text.push_str(&by::line(&self.by, view));
        text
    }
}
