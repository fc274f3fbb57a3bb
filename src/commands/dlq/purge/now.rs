//! `recoctl dlq purge --all-now`: SQS's own PurgeQueue, which looks at nothing.

use reco_core::outcome::Outcome;
use serde::Serialize;

use super::PurgeArgs;
use crate::context::Context;
use crate::ui::{Report, View, count, known};
use reco_ops::aws::sqs::Sqs;
use reco_ops::dlq::journal::{Journal, Lock};
use reco_ops::dlq::queues as pair;
use reco_ops::error::{Error, Result};

/// AWS: PurgeQueue: the deletion takes up to 60 s; messages sent before it is over may go, too.
const RACE: &str =
    "messages that arrive within the next 60 s may be deleted, too, and so are messages in flight";

#[derive(Debug, Serialize)]
struct AllNowReport {
    dlq: String,
    dry_run: bool,
    /// Messages in the DLQ before, visible, delayed and in flight: about, as AWS counts.
    #[serde(serialize_with = "known")]
    approximate_messages: u64,
    /// True if SQS took the purge.
    purged: bool,
}

pub(super) async fn run(context: &Context, args: &PurgeArgs) -> Result<Outcome> {
    let found = async {
        let sqs = Sqs::new(context.sdk().await?);
        let pair = pair::find(&sqs, context.queues(), &context.events()).await?;
        pair::guard_whole(&sqs, &pair, args.force).await?;
        Ok((sqs, pair))
    };
    let (sqs, pair) = context.before_all(found).await?;
    let (dlq, state) = (pair.dlq.queue, pair.dlq.state);
    let about = state.holds();
    let mut report = AllNowReport {
        dlq: dlq.name.clone(),
        dry_run: args.dry_run,
        approximate_messages: about,
        purged: false,
    };
    if !args.dry_run {
        let question = format!(
            "this permanently deletes all messages in {} (about {}), without a backup; {RACE}. Delete all?",
            dlq.name,
            count(about)
        );
        if !args.yes && !context.confirm(&question, "--yes").await? {
            return Err(Error::refused("nothing was deleted: not confirmed"));
        }
        let home = context.home()?;
        let _lock = Lock::take(&home, &dlq.arn, &Journal::new_run_id())?;
        context.ui.warn(format!("purging {}: {RACE}", dlq.name));
        sqs.purge(&dlq).await?;
        report.purged = true;
    }
    context.ui.report(&report)?;
    Ok(report.outcome())
}

impl Report for AllNowReport {
    const KIND: &'static str = "dlq.purge.all-now";

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, _view: &View) -> String {
        let (dlq, about) = (&self.dlq, count(self.approximate_messages));
        if self.purged {
            format!("SQS is deleting all messages in {dlq} (about {about}), within 60 s\n")
        } else {
            format!("all messages in {dlq} (about {about}) would be deleted (--dry-run)\n")
        }
    }
}
