//! `recoctl dlq journal resume`.

use clap::Args;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::render::{by, rows};
use crate::ui::{Report, View, count, escape_line};
use reco_ops::aws::sqs::Sqs;
use reco_ops::dlq::journal::{self, ResumeOptions, ResumeReport, Resumed};
use reco_ops::error::Result;

/// Arguments of `recoctl dlq journal resume`.
#[derive(Debug, Clone, Args)]
pub struct ResumeArgs {
    /// Run id, a prefix of it, or the path of the journal
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Proceed even if the DLQ has a redrive policy of its own
    #[arg(long)]
    pub force: bool,
    /// Take over the lock of the run HOLDER on another machine, which a refusal names
    #[arg(long, value_name = "HOLDER")]
    pub take_over: Option<String>,
}

/// Resumes the run.
///
/// # Errors
/// Same as [`journal::resume`].
pub async fn run(context: &Context, args: &ResumeArgs) -> Result<Outcome> {
    let connect = async |queue: &str| Ok(Sqs::new(context.sdk_for(queue).await?));
    let (home, control) = (context.home()?, context.control());
    let ResumeArgs { run, force, take_over } = args.clone();
    let options = ResumeOptions { run, force, take_over };
    let report = journal::resume(connect, &home, &control, &options).await?;
    context.ui.report(&report)
}

const fn meaning(name: &str) -> &'static str {
    match name.as_bytes() {
        b"deleted" => "acknowledged by the destination and now deleted from the DLQ",
        b"gone" => "acknowledged by the destination and no longer in the DLQ",
        b"resent" => "sent again with their deduplication id and deleted from the DLQ",
        b"not-seen" => {
            "acknowledged but not found in the DLQ, where other consumers hold messages: resume again later"
        }
        b"not-deleted" => "acknowledged but still in the DLQ: resume again",
        _ => {
            "still in the DLQ and possibly sent: check the destination; `dlq redrive --resend-uncertain` sends them"
        }
    }
}

impl Report for ResumeReport {
    const KIND: &'static str = "dlq.journal.resume";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        ResumeReport::outcome(self)
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        for (fate, number) in &self.counts {
            text.push_str(&format!("{fate:<12} {:>7}  {}\n", count(*number), meaning(fate)));
            let named = self.messages.iter().filter(|row| row.fate.name() == *fate);
            let named = named.filter_map(|row| match &row.fate {
                Resumed::NotDeleted { reason } | Resumed::Uncertain { reason } => {
                    Some((&row.message_id, reason))
                }
                _ => None,
            });
            text.push_str(&rows::first(super::NAMED, named, |(id, reason)| {
                format!("{} {}", escape_line(id), escape_line(reason))
            }));
        }
        if self.counts.is_empty() {
            text.push_str("nothing was left to do\n");
        }
        if let Some(line) = self.torn_line {
            text.push_str(&rows::torn(line, view));
        }
        if self.interrupted {
            text.push_str("interrupted\n");
        }
        text.push_str(&format!("journal {}\n", escape_line(&self.journal)));
        text.push_str(&by::line(&self.by, view));
        text
    }
}
